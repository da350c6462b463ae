from mutoscope.studio import OWNED_PATHS
from mutoscope.studio.building import ROUTERS


def test_the_owned_paths_are_those_of_the_routes() -> None:
    paths = [str(getattr(route, "path", "")) for router in ROUTERS for route in router.routes]
    assert frozenset(path.split("/")[1] for path in paths) == OWNED_PATHS
