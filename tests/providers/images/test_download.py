"""Where a picture may be fetched from."""

from __future__ import annotations

import httpx
import pytest

from engine.providers.images.download import Source, is_outside

SOURCE = Source(("pictures.example",), "http://127.0.0.1:8188/api")


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://pictures.example/a.png", True),
        ("https://eu.pictures.example:443/a.png", True),
        ("http://127.0.0.1:8188/files/a.png", True),
        ("http://pictures.example/a.png", False),
        ("https://pictures.example:8443/a.png", False),
        ("https://otherpictures.example/a.png", False),
        ("https://pictures.example.org/a.png", False),
        ("https://me:key@pictures.example/a.png", False),
        ("https://127.0.0.1:8188/a.png", False),
        ("http://127.0.0.1/a.png", False),
        ("http://10.0.0.1:8188/a.png", False),
        ("ftp://pictures.example/a.png", False),
        ("/a.png", False),
        ("", False),
    ],
)
def test_a_picture_may_come_from_its_hosts_over_https_or_from_our_own_setting(address: str, *, taken: bool) -> None:
    assert SOURCE.takes(httpx.URL(address)) is taken


def test_without_a_setting_nothing_without_a_lock_is_taken() -> None:
    assert not Source(("pictures.example",)).takes(httpx.URL("http://127.0.0.1:8188/a.png"))
    assert not Source(("pictures.example",)).takes(httpx.URL(""))


@pytest.mark.parametrize(
    "inside",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1", "nonsense", ""),
    ],
)
def test_an_address_inside_a_network_is_not_one_of_the_open_internet(inside: str) -> None:
    assert not is_outside(inside)


@pytest.mark.parametrize("outside", ["1.1.1.1", "2606:4700:4700::1111"])
def test_an_address_of_the_open_internet_is_one(outside: str) -> None:
    assert is_outside(outside)
