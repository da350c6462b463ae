import pytest

from mutoscope.core.errors import UrlRefused
from mutoscope.outbound import AllowedHosts, Purpose

IMAGE = Purpose("image", "send the picture in base64")


@pytest.mark.parametrize(
    ("entries", "url"),
    [
        ("cdn.example.com", "https://cdn.example.com/a.png"),
        ("cdn.example.com", "http://CDN.example.com:80/a.png?b=c"),
        ("cdn.example.com", "https://cdn.example.com./a.png"),
        ("cdn.example.com:8443", "https://cdn.example.com:8443/a.png"),
        ("*.example.com", "https://a.b.example.com/a.png"),
        ("*", "https://anything.example.org/a.png"),
        ("*", "https://8.8.8.8/a.png"),
        ("nas.lan:9000+private", "http://nas.lan:9000/a.png"),
        ("127.0.0.1:9000+private", "http://127.0.0.1:9000/a.png"),
        ("[::1]:9000+private", "http://[::1]:9000/a.png"),
        ("one.example.com, two.example.com", "https://two.example.com/图.png"),
    ],
)
def test_what_is_on_the_list_may_be_reached(entries: str, url: str) -> None:
    AllowedHosts.parse(entries).target(url, IMAGE)


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.org/",
        "https://cdn.example.com.evil.org/",
        "https://evil-cdn.example.com/",
        "https://cdn.example.com:22/",
        "https://cdn.example.com:8080/",
        "https://cdn.example.com@evil.org/",
        "https://evil.org@cdn.example.com/",
        "https://user:secret@cdn.example.com/",
        "https://evil.org\\@cdn.example.com/",
        "https://cdn.example.com\\.evil.org/",
        "https://cdn.example.com/\r\nHost: evil.org",
        "https://cdn.example.com /",
        "https://cdn.example.com#@evil.org:22/ ",
        "ftp://cdn.example.com/",
        "file:///etc/passwd",
        "gopher://cdn.example.com/",
        "//cdn.example.com/a.png",
        "cdn.example.com/a.png",
        "http:///a.png",
        "http://",
        "https://cdn.example.com:99999/",
        "https://cdn.example.com/" + "a" * 3000,
        "https://exa\u200dmple.com/",
    ],
)
def test_what_is_not_on_the_list_is_refused_by_name(url: str) -> None:
    with pytest.raises(UrlRefused) as refusal:
        AllowedHosts.parse("cdn.example.com").target(url, IMAGE)
    assert refusal.value.field == "image"
    assert refusal.value.fix is not None
    assert "base64" in refusal.value.fix


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "127.1",
        "127.0.1",
        "017700000001",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::7f00:1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]",
        "[2001:0:1::1]",
        "[2001:db8::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[4000::1]",
    ],
)
def test_no_spelling_of_an_inner_address_is_public(host: str) -> None:
    with pytest.raises(UrlRefused):
        AllowedHosts.parse("*").target(f"http://{host}/", IMAGE)


@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "fd00:ec2::254", "224.0.0.1"])
def test_metadata_is_out_of_reach_even_if_it_is_listed(host: str) -> None:
    name = f"[{host}]" if ":" in host else host
    with pytest.raises(UrlRefused):
        AllowedHosts.parse(f"{name}+private").target(f"http://{name}/", IMAGE)


def test_a_private_address_needs_an_entry_that_says_so() -> None:
    with pytest.raises(UrlRefused, match="private address") as refusal:
        AllowedHosts.parse("10.0.0.7").target("http://10.0.0.7/", IMAGE)
    assert "+private" in str(refusal.value.fix)
    AllowedHosts.parse("10.0.0.7+private").target("http://10.0.0.7/", IMAGE)


def test_an_empty_list_is_offline() -> None:
    with pytest.raises(UrlRefused, match="offline"):
        AllowedHosts.parse("").target("https://example.com/", IMAGE)


@pytest.mark.parametrize(
    "entry", ["https://a.example", "a b", "a:0", "a:70000", "*+private", "*.lan+private", "a/b"]
)
def test_an_entry_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match=r"\+private|private"):
        AllowedHosts.parse(f"good.example, {entry}")
