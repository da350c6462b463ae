"""Kling's voices for speech, each with the manner that comes nearest to it."""

from collections.abc import Mapping
from types import MappingProxyType

from mutoscope.core.errors import InvalidRequest

LANGUAGES = ("zh", "en")
_MANNERS = {
    "en": {
        "woman": (
            "girlfriend_4_speech02 ai_shatang genshin_kirara chat1_female_new-3 chat_0407_5-1"
            " chengshu_jiejie you_pingjing commercial_lady_en_f-v1"
        ),
        "man": (
            "AOT ai_kaiya oversea_male1 ai_chenjiahao_712 ai_huangzhong_712 ai_huangyaoshi_712"
            " ai_laoguowang_712 calm_story1 uk_man2 reader_en_m-v1"
        ),
        "girl": "genshin_klee2 cartoon-girl-01 PeppaPig_platform",
        "boy": "genshin_vindi2 zhinen_xuesheng cartoon-boy-07 uk_boy1",
        "old_woman": "laopopo_speech02 heainainai_speech02",
    },
    "zh": {
        "woman": (
            "ai_shatang genshin_kirara girlfriend_1_speech02 chat1_female_new-3"
            " girlfriend_2_speech02 you_pingjing chengshu_jiejie chuanmeizi_speech02"
            " tianjinjiejie_speech02 tianmeixuemei-v1 daopianyansang-v1"
        ),
        "man": (
            "tiyuxi_xuedi ai_kaiya tiexin_nanyou ai_chenjiahao_712 ai_huangyaoshi_712"
            " ai_laoguowang_712 dongbeilaotie_speech02 chongqingxiaohuo_speech02"
            " chaoshandashu_speech02 ai_taiwan_man2_speech02 xianzhanggui_speech02"
            " diyinnansang_DB_CN_M_04-v2 yizhipiannan-v1"
        ),
        "girl": "genshin_klee2 cartoon-girl-01",
        "boy": "genshin_vindi2 zhinen_xuesheng cartoon-boy-07 mengwa-v1",
        "old_woman": "laopopo_speech02 heainainai_speech02",
        "old_man": "zhuxi_speech02 uk_oldman3",
    },
}
# (voice_language, voice_id) -> woman, man, girl ...
VOICES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (language, voice): manner
        for language, manners in _MANNERS.items()
        for manner, voices in manners.items()
        for voice in voices.split()
    }
)


def manner_of(voice_id: str, language: str) -> str:
    """How a voice speaks. InvalidRequest, as Kling has it, for one that is not there."""
    manner = VOICES.get((language, voice_id))
    if manner is not None:
        return manner
    others = [each for each in LANGUAGES if (each, voice_id) in VOICES]
    fix = f"it speaks {others[0]}" if others else "send an id of Kling's table of voices"
    raise InvalidRequest("Voice id not found", field="voice_id", fix=fix)
