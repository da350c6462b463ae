"""The small world mini knows: its objects, places, times, weathers, motions and camera moves.

Every other file of this room reads these tables; widening the model starts by adding a row.
"""

from dataclasses import dataclass
from enum import StrEnum


class Facing(StrEnum):
    """Which way the drawing looks; a mover is mirrored to look where it goes."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"


@dataclass(frozen=True)
class Term:
    """One thing that can be said: its id and its words, the usual one of each language first."""

    id: str
    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True)
class Thing(Term):
    """An object: the code point of its picture, and which way it looks."""

    art: str
    facing: Facing
    measure: str  # the Chinese measure word: 一只, 一辆 ...


def _thing(id_: str, art: str, facing: str, measure: str, zh: str, en: str) -> Thing:
    words = (tuple(zh.split()), tuple(word.strip() for word in en.split(",")))
    return Thing(id_, *words, art=art, facing=Facing(facing), measure=measure)


OBJECTS: tuple[Thing, ...] = (
    _thing("cat", "1f431", "front", "只", "小猫 猫 猫咪 小猫咪", "cat, kitten, kitty"),
    _thing("dog", "1f436", "front", "只", "小狗 狗 狗狗", "dog, puppy, doggy"),
    _thing("rabbit", "1f407", "left", "只", "兔子 小兔子 白兔", "rabbit, bunny, white rabbit"),
    _thing("pig", "1f416", "left", "只", "小猪 猪 粉红小猪", "pig, piglet, pink pig"),
    _thing("penguin", "1f427", "front", "只", "企鹅 小企鹅", "penguin, little penguin"),
    _thing("panda", "1f43c", "front", "只", "熊猫 大熊猫", "panda, giant panda"),
    _thing("elephant", "1f418", "left", "头", "大象 小象", "elephant, grey elephant"),
    _thing("frog", "1f438", "front", "只", "青蛙 小青蛙", "frog, green frog"),
    _thing("chick", "1f424", "left", "只", "小鸡 小黄鸡", "chick, baby chick, yellow chick"),
    _thing("whale", "1f433", "left", "头", "鲸鱼 蓝鲸 鲸", "whale, blue whale"),
    _thing("octopus", "1f419", "front", "只", "章鱼 小章鱼", "octopus, little octopus"),
    _thing("turtle", "1f422", "left", "只", "乌龟 海龟 小乌龟", "turtle, tortoise"),
    _thing("butterfly", "1f98b", "front", "只", "蝴蝶 花蝴蝶", "butterfly, red butterfly"),
    _thing("dinosaur", "1f996", "left", "只", "恐龙 霸王龙", "dinosaur, t-rex, green dinosaur"),
    _thing("car", "1f697", "left", "辆", "汽车 小汽车 轿车 车", "car, red car, automobile"),
    _thing("bus", "1f68c", "left", "辆", "公交车 巴士 公共汽车", "bus, coach"),
    _thing(
        "train", "1f682", "left", "列", "火车 蒸汽火车 火车头", "train, steam train, locomotive"
    ),
    _thing("helicopter", "1f681", "left", "架", "直升机 直升飞机", "helicopter, chopper"),
    _thing("rocket", "1f680", "right", "枚", "火箭 飞船", "rocket, spaceship, space rocket"),
    _thing("sailboat", "26f5", "front", "艘", "帆船 小船 小帆船", "sailboat, sailing boat, boat"),
    _thing("balloon", "1f388", "front", "个", "气球 红气球 红色的气球", "balloon, red balloon"),
    _thing("apple", "1f34e", "front", "个", "苹果 红苹果", "apple, red apple"),
    _thing("robot", "1f916", "front", "个", "机器人 小机器人", "robot, little robot"),
    _thing("snowman", "26c4", "front", "个", "雪人 小雪人", "snowman, snow man"),
    _thing("sunflower", "1f33b", "front", "朵", "向日葵 太阳花", "sunflower, yellow sunflower"),
    _thing("pumpkin", "1f383", "front", "个", "南瓜 南瓜灯", "pumpkin, jack-o'-lantern"),
)


@dataclass(frozen=True)
class Place(Term):
    """Where it happens. A place without an outdoors has neither time of day nor weather."""

    outdoors: bool = True


PLACES: tuple[Place, ...] = (
    Place("grassland", ("草地", "草原", "草坪"), ("grassland", "meadow", "green field")),
    Place("sea", ("大海", "海上", "海面"), ("sea", "ocean", "open sea")),
    Place("desert", ("沙漠", "沙丘"), ("desert", "sand dunes")),
    Place("snowfield", ("雪地", "雪原"), ("snowfield", "snowy field")),
    Place("city", ("城市", "城市街道", "街道"), ("city", "city street", "street")),
    Place("forest", ("森林", "树林"), ("forest", "woods")),
    Place("space", ("太空", "宇宙", "外太空"), ("space", "outer space"), outdoors=False),
    Place("red", ("红色背景",), ("red background",), outdoors=False),
    Place("blue", ("蓝色背景",), ("blue background",), outdoors=False),
    Place("yellow", ("黄色背景",), ("yellow background",), outdoors=False),
)
PLACES_AT_FIRST = 11
PLAIN = frozenset({"red", "blue", "yellow"})

TIMES: tuple[Term, ...] = (
    Term("day", ("白天", "晴天"), ("day", "daytime")),
    Term("sunset", ("日落", "黄昏", "傍晚"), ("sunset", "dusk", "evening")),
    Term("night", ("夜晚", "夜里", "晚上"), ("night", "nighttime")),
)

WEATHERS: tuple[Term, ...] = (
    Term("clear", (), ()),
    Term("rain", ("下雨", "雨天", "雨中"), ("rain", "rainy", "in the rain")),
    Term("snow", ("下雪", "雪天", "雪中"), ("snow", "snowy", "falling snow")),
)

MOTIONS: tuple[Term, ...] = (
    Term("still", ("静止不动", "待着不动", "停着"), ("stays still", "stands still", "rests")),
    Term(
        "left",
        ("向左走", "向左移动", "往左跑", "朝左边走"),
        ("moves left", "goes to the left", "walks left", "runs left"),
    ),
    Term(
        "right",
        ("向右走", "向右移动", "往右跑", "朝右边走"),
        ("moves right", "goes to the right", "walks right", "runs right"),
    ),
    Term(
        "up",
        ("向上升", "向上飞", "升起来", "往上移动"),
        ("moves up", "rises", "flies up", "goes upward"),
    ),
    Term(
        "down",
        ("向下落", "落下来", "往下移动", "下降"),
        ("moves down", "falls", "comes down", "goes downward"),
    ),
    Term("jump", ("跳跃", "跳起来", "蹦蹦跳跳"), ("jumps", "hops", "bounces up and down")),
)

CAMERAS: tuple[Term, ...] = (
    Term("still", ("固定镜头", "镜头不动"), ("static camera", "fixed camera")),
    Term("zoom_in", ("镜头推近", "镜头拉近", "推镜头"), ("camera zooms in", "zoom in")),
    Term("zoom_out", ("镜头拉远", "镜头后退", "拉镜头"), ("camera zooms out", "zoom out")),
    Term("pan_left", ("镜头左移", "镜头向左摇"), ("camera pans left", "pan left")),
    Term("pan_right", ("镜头右移", "镜头向右摇"), ("camera pans right", "pan right")),
)


def is_held_out(thing: int, place: int) -> bool:
    """True when training never shows this object in this place, whatever else happens there.

    Steps coprime to the modulus: an object keeps one place for the examination, a place two or
    three objects. There were eleven places when the wall was built, and weights cannot be asked to
    forget what was before it: so it stays where it was, and two objects have no place behind it.
    """
    return (5 * thing + 3 * place) % PLACES_AT_FIRST == 0
