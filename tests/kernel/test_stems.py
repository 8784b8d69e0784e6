"""Words as search compares them."""

from __future__ import annotations

from engine.kernel.stems import TERM_LIMIT, alike, denies, index_terms, stems, words


def test_case_accents_and_endings_do_not_matter() -> None:
    assert stems("Her ALLERGIES") == stems("allergy")
    assert stems("José’s cafés") == stems("jose cafe")


def test_stop_words_and_short_forms_carry_nothing() -> None:
    assert stems("I'm not sure, don't you think it's what they've had?") == ["sure", "think"]
    assert stems("ok, hm… yes") == []


def test_a_text_without_content_is_still_found_by_its_words() -> None:
    assert index_terms("I am what I am") != []


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert words("猫が好き") == ["猫が", "が好", "好き"]
    assert alike(stems("猫が好きです"), stems("猫が好き")) > 0.5


def test_a_term_never_outgrows_its_column() -> None:
    assert max(len(term) for term in index_terms("x" * 4_000)) == TERM_LIMIT


def test_empty_sets_are_not_alike() -> None:
    assert alike([], []) == 0.0


def test_two_negations_are_none() -> None:
    assert denies("She does not like olives")
    assert denies("She doesn’t like olives")
    assert not denies("She likes olives")
    assert not denies("She is not without friends")
