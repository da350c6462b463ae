"""What a scene is when the prompt leaves it open."""

from types import MappingProxyType

from mutoscope.storyboard.art import library
from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.scene import Action, Place, TimeOfDay, Weather

PLACE_OF = MappingProxyType({
    Nature.BEAST: Place.MEADOW, Nature.BIRD: Place.MEADOW, Nature.BUG: Place.GARDEN,
    Nature.FISH: Place.UNDERWATER, Nature.PERSON: Place.MEADOW, Nature.BUST: Place.STUDIO,
    Nature.HEAD: Place.MEADOW, Nature.WHEELS: Place.ROAD, Nature.BOAT: Place.SEA,
    Nature.AIRCRAFT: Place.SKY, Nature.ROCKET: Place.SPACE, Nature.PLANT: Place.MEADOW,
    Nature.BUILDING: Place.MEADOW, Nature.HEAVENLY: Place.MEADOW, Nature.DRIFTER: Place.SKY,
    Nature.BALL: Place.MEADOW, Nature.THING: Place.STUDIO,
})  # fmt: skip
PLACE_OF_NAME = MappingProxyType({
    "penguin": Place.SNOWFIELD, "polar-bear": Place.SNOWFIELD,
    "snowman-without-snow": Place.SNOWFIELD,
    "snowman": Place.SNOWFIELD, "skier": Place.SNOWFIELD, "seal": Place.SNOWFIELD,
    "snowboarder": Place.SNOWFIELD, "camel": Place.DESERT, "two-hump-camel": Place.DESERT,
    "cactus": Place.DESERT, "astronaut": Place.SPACE, "satellite": Place.SPACE,
    "ringed-planet": Place.SPACE, "globe-showing-asia-australia": Place.SPACE,
    "comet": Place.SPACE, "alien": Place.SPACE, "flying-saucer": Place.SPACE,
    "monkey": Place.JUNGLE, "tiger": Place.JUNGLE, "parrot": Place.JUNGLE, "gorilla": Place.JUNGLE,
    "crab": Place.BEACH, "turtle": Place.BEACH, "palm-tree": Place.BEACH,
    "umbrella-on-ground": Place.BEACH,
    "duck": Place.LAKE, "swan": Place.LAKE, "lotus": Place.LAKE, "frog": Place.LAKE,
    "person-surfing": Place.SEA, "person-swimming": Place.SEA, "person-rowing-boat": Place.LAKE,
    "whale": Place.SEA, "spouting-whale": Place.SEA, "dolphin": Place.SEA, "bear": Place.FOREST,
    "fox": Place.FOREST, "wolf": Place.FOREST, "deer": Place.FOREST, "owl": Place.FOREST,
    "mushroom": Place.FOREST, "racing-car": Place.ROAD, "taxi": Place.CITY,
    "police-car": Place.CITY,
    "bus": Place.CITY, "tram-car": Place.CITY, "office-building": Place.CITY,
    "couch-and-lamp": Place.ROOM, "television": Place.ROOM, "chair": Place.ROOM, "bed": Place.ROOM,
    "books": Place.ROOM, "teddy-bear": Place.ROOM, "woman-dancing": Place.THEATRE,
    "man-dancing": Place.THEATRE, "singer": Place.THEATRE, "guitar": Place.THEATRE,
    "ferris-wheel": Place.FAIR, "soccer-ball": Place.STADIUM, "person-running": Place.STADIUM,
    "santa-claus": Place.SNOWFIELD, "christmas-tree": Place.SNOWFIELD, "tractor": Place.VILLAGE,
    "house": Place.VILLAGE, "rooster": Place.VILLAGE, "mermaid": Place.UNDERWATER,
    "jellyfish": Place.UNDERWATER, "coral": Place.UNDERWATER, "fire": Place.FOREST,
})  # fmt: skip

ACTION_OF = MappingProxyType({
    Nature.WHEELS: Action.DRIVE, Nature.BOAT: Action.SAIL, Nature.AIRCRAFT: Action.FLY,
    Nature.FISH: Action.SWIM, Nature.BUG: Action.FLY, Nature.DRIFTER: Action.FLOAT,
    Nature.ROCKET: Action.RISE, Nature.PLANT: Action.SWAY, Nature.BALL: Action.JUMP,
})  # fmt: skip
ACTION_OF_NAME = MappingProxyType({
    "person-walking": Action.WALK, "man-walking": Action.WALK, "woman-walking": Action.WALK,
    "person-running": Action.RUN, "man-running": Action.RUN, "woman-running": Action.RUN,
    "person-biking": Action.DRIVE, "horse-racing": Action.RUN, "skier": Action.RUN,
    "person-surfing": Action.SAIL, "person-swimming": Action.SWIM, "dove": Action.FLY,
    "eagle": Action.FLY, "bat": Action.FLY, "fairy": Action.FLY, "lobster": Action.STAND,
    "person-bouncing-ball": Action.RUN, "person-rowing-boat": Action.SAIL,
    "woman-dancing": Action.DANCE, "man-dancing": Action.DANCE,
    "spiral-shell": Action.STAND, "oyster": Action.STAND, "coral": Action.SWAY,
})  # fmt: skip

# People who do something are drawn doing it.
DOING = MappingProxyType({
    Action.RUN: {"man-standing": "man-running", "woman-standing": "woman-running",
                 "person-standing": "person-running", "boy": "man-running",
                 "girl": "woman-running"},
    Action.CHASE: {"man-standing": "man-running", "woman-standing": "woman-running",
                   "person-standing": "person-running", "boy": "man-running",
                   "girl": "woman-running"},
    Action.WALK: {"man-standing": "man-walking", "woman-standing": "woman-walking",
                  "person-standing": "person-walking", "boy": "man-walking",
                  "girl": "woman-walking"},
    Action.DANCE: {"man-standing": "man-dancing", "woman-standing": "woman-dancing",
                   "girl": "woman-dancing", "boy": "man-dancing",
                   "person-standing": "woman-dancing"},
    Action.SWIM: {"man-standing": "person-swimming", "woman-standing": "person-swimming",
                  "person-standing": "person-swimming", "boy": "person-swimming",
                  "girl": "person-swimming"},
    Action.DRIVE: {"man-standing": "person-biking", "woman-standing": "person-biking",
                   "person-standing": "person-biking", "boy": "person-biking",
                   "girl": "person-biking"},
    Action.FLY: {"bird": "dove", "black-bird": "eagle"},
    Action.SAIL: {"man-standing": "person-rowing-boat", "woman-standing": "person-rowing-boat",
                  "person-standing": "person-rowing-boat"},
})  # fmt: skip
DOING_ALWAYS = MappingProxyType({
    Action.ENTER: DOING[Action.WALK], Action.LEAVE: DOING[Action.WALK],
    Action.APPROACH: {},
})  # fmt: skip

NIGHTLY = frozenset({Weather.FIREWORKS, Weather.FIREFLIES, Weather.METEORS})


def place_for(names: list[str]) -> Place:
    """Where a scene plays when only its subjects are known."""
    places = [PLACE_OF_NAME.get(name) or PLACE_OF[library()[name].nature] for name in names]
    told = [place for place in places if place is not Place.STUDIO]
    if not told:
        return Place.STUDIO if places else Place.MEADOW
    # Who lives on land does not meet others under water.
    dry = [place for place in told if place not in {Place.UNDERWATER, Place.SEA}]
    if dry and len(told) > 1:
        return Place.BEACH if len(dry) < len(told) else dry[0]
    return told[0]


def time_for(weather: list[Weather]) -> TimeOfDay:
    """When a scene plays when nobody says."""
    return TimeOfDay.NIGHT if NIGHTLY & set(weather) else TimeOfDay.DAY


def action_for(name: str, place: Place) -> Action:
    """What a subject does when nobody says."""
    drawing = library()[name]
    if place is Place.UNDERWATER and name == "turtle":
        return Action.SWIM
    if name in ACTION_OF_NAME:
        return ACTION_OF_NAME[name]
    if drawing.nature is Nature.BIRD:
        return Action.FLY if place in {Place.SKY, Place.SEA} else Action.STAND
    if place is Place.STUDIO and drawing.nature in {Nature.THING, Nature.BALL, Nature.WHEELS}:
        return Action.PRESENT
    if place in {Place.SPACE, Place.SKY} and drawing.nature not in {Nature.ROCKET, Nature.AIRCRAFT}:
        return Action.FLOAT
    return ACTION_OF.get(drawing.nature, Action.STAND)


def doing(name: str, action: Action) -> str:
    """The drawing of somebody at work, where there is one."""
    return DOING_ALWAYS.get(action, DOING.get(action, {})).get(name, name)
