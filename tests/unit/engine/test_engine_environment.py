"""What a worker puts in its environment before torch comes in."""

from mutoscope.engine import prepare_process


def test_the_network_is_off_whatever_was_set_and_threads_wait_quietly() -> None:
    environ = {"HF_HUB_OFFLINE": "0", "OMP_WAIT_POLICY": "ACTIVE"}
    prepare_process(threads=2, environ=environ)
    assert environ["HF_HUB_OFFLINE"] == "1"
    assert environ["GOMP_SPINCOUNT"] == "0"
    assert environ["OMP_NUM_THREADS"] == "2"
    assert environ["OMP_WAIT_POLICY"] == "ACTIVE", "an administrator's choice stays"


def test_threads_are_left_alone_unless_asked() -> None:
    environ: dict[str, str] = {}
    prepare_process(environ=environ)
    assert "OMP_NUM_THREADS" not in environ
    assert environ["OMP_WAIT_POLICY"] == "PASSIVE"
