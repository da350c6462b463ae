"""The tokenizer: words of the captions whole, other words in pieces, every Han character alone.

A plain PreTrainedTokenizerFast: T5's own class of transformers 5 rebuilds its pipeline and would
lose the normaliser, turning upper case and full-width punctuation into unknowns.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast

from training.captions import caption
from training.scenes import Stream, generator, sample_scene
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, TIMES, WEATHERS, Term

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"
VOCABULARY = 2048
LENGTH_MAX = 40  # tokens of a prompt that are read
TABLES: tuple[tuple[Term, ...], ...] = (OBJECTS, PLACES, TIMES, WEATHERS, MOTIONS, CAMERAS)
LENGTH_TRAINED = 32  # what captions are padded to: none here is longer


def _corpus(captions: int) -> Iterator[str]:
    for index in range(captions):
        rng = generator(0, Stream.TOKENIZER, index)
        yield caption(rng, sample_scene(rng))
    for table in TABLES:
        for term in table:
            yield from (*term.zh, *term.en)


def build(captions: int = 4000) -> PreTrainedTokenizerFast:
    """Train the tokenizer on captions; the same call gives the same vocabulary."""
    tokenizer = Tokenizer(BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = reader()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{Han}"), "isolated"),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Metaspace(prepend_scheme="always"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, END, UNKNOWN],
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz0123456789,.'-:!?"),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(captions), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {END}", special_tokens=[(END, tokenizer.token_to_id(END))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
        model_max_length=128,
    )


# A word is first written as a sign of its own, in Unicode's private area, then as the usual word:
# so no word is read within what another became (the cat in the panda, 猫 in 熊猫).
FIRST_SIGN = 0xE000


def reader() -> normalizers.Normalizer:
    """Lower case, ASCII punctuation, and all words for one thing written as its usual Chinese one.

    So whatever is learnt about a thing is learnt in both languages and of all its names. The
    longest words are first: a snowfield is no snow.
    """
    terms = [term for table in TABLES for term in table if term.zh]
    signs = {chr(FIRST_SIGN + number): term for number, term in enumerate(terms)}
    words = {word.lower(): sign for sign, term in signs.items() for word in (*term.zh, *term.en)}
    return normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            *(
                normalizers.Replace(_whole(word), words[word])
                for word in sorted(words, key=len, reverse=True)
            ),
            *(normalizers.Replace(sign, term.zh[0]) for sign, term in signs.items()),
            normalizers.Replace(Regex(r"\s+(?=\p{Han})|(?<=\p{Han})\s+"), ""),
        ]
    )


def _whole(word: str) -> str | Regex:
    """The word as a pattern: an English one not within a longer one."""
    return Regex(rf"(?<![a-z]){re.escape(word)}(?![a-z])") if word.isascii() else word


def save(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write the tokenizer's folder, naming a class that transformers 4 and 5 both know."""
    tokenizer.save_pretrained(folder)
    config = folder / "tokenizer_config.json"
    text = config.read_text("utf-8")
    config.write_text(text.replace('"TokenizersBackend"', '"PreTrainedTokenizerFast"'), "utf-8")
