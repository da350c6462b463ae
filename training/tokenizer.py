"""The tokenizer: words of the captions whole, other words in pieces, every Han character alone.

A plain PreTrainedTokenizerFast: T5's own class of transformers 5 rebuilds its pipeline and would
lose the normaliser, turning upper case and full-width punctuation into unknowns.
"""

from collections.abc import Iterator
from pathlib import Path

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    normalizers,
    pre_tokenizers,
    processors,
)
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast

from training.captions import caption
from training.scenes import Stream, generator, sample_scene
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, PLAIN, TIMES, WEATHERS

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"
VOCABULARY = 2048
LENGTH_MAX = 40  # tokens of a prompt that are read
LENGTH_TRAINED = 32  # what captions are padded to: none here is longer


def _corpus(captions: int) -> Iterator[str]:
    for index in range(captions):
        rng = generator(0, Stream.TOKENIZER, index)
        yield caption(rng, sample_scene(rng))
    for table in (OBJECTS, PLACES, TIMES, WEATHERS, MOTIONS, CAMERAS):
        for term in table:
            yield from (*term.zh, *term.en)


def build(captions: int = 4000) -> PreTrainedTokenizerFast:
    """Train the tokenizer on captions; the same call gives the same vocabulary."""
    tokenizer = Tokenizer(BPE(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase()]  # full-width punctuation becomes ASCII
    )
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
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
        model_max_length=128,
    )
    add_phrases(made)
    return made


def add_phrases(tokenizer: PreTrainedTokenizerFast) -> int:
    """Read "red background" as one word; returns how many phrases are new.

    "A red apple on a blue background" puts two colours before the encoder, which long took either
    for the background's.
    """
    phrases = [word for place in PLACES if place.id in PLAIN for word in place.en]
    return int(tokenizer.add_tokens([AddedToken(phrase, normalized=True) for phrase in phrases]))


def save(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write the tokenizer's folder, naming a class that transformers 4 and 5 both know."""
    tokenizer.save_pretrained(folder)
    config = folder / "tokenizer_config.json"
    text = config.read_text("utf-8")
    config.write_text(text.replace('"TokenizersBackend"', '"PreTrainedTokenizerFast"'), "utf-8")
