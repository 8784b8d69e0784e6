"""Words of looks: what describes a person in a picture, whoever it is."""

from __future__ import annotations

import re


def _each(words: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", words))


NOUNS = _each("""
    eye eyes iris irises hair hairs hairstyle haircut fringe bangs braid braids ponytail bun curl curls locks beard
    moustache mustache stubble eyebrow eyebrows brow brows eyelash eyelashes lashes skin complexion freckle freckles
    tattoo tattoos scar scars face cheek cheeks cheekbones jaw jawline chin nose lip lips ear ears neck physique waist
    hips shoulders shirt blouse dress skirt trousers pants jeans coat jacket blazer suit vest waistcoat sweater jumper
    cardigan hoodie apron scarf tie hat cap gloves boots shoes heels sandals glasses spectacles earring earrings
    necklace ring bracelet uniform robe kimono cloak sleeves collar stockings
""")
"""What is described."""

MODIFIERS = _each("""
    black white grey gray brown red blue green golden gold silver blond blonde auburn chestnut ginger raven hazel amber
    violet purple pink yellow orange dark light pale fair olive tan tanned bronze ebony ivory crimson scarlet navy teal
    turquoise emerald copper platinum long short curly wavy straight braided cropped shaved messy tousled sleek pinned
    almond round square oval heart sharp high hooked aquiline full thin thick bushy arched freckled scarred pierced
    tattooed striped checked plaid linen leather silk woollen wool cotton denim velvet lace tight slim slender tall
    muscular athletic curvy broad narrow
""")
"""What describes it; in other company these words are harmless (a green lamp, a narrow stair)."""

ALONE = _each("""
    blonde blond brunette redhead auburn bald balding bearded freckled slim slender skinny petite curvy plump chubby
    stocky muscular lanky voluptuous busty handsome gorgeous wearing dressed
""")
"""What describes a person without a noun beside it."""

TAGGED = _each("woman women man men girl girls boy boys person persons people female females male males")
"""After a number, these count the people in a picture."""

BETWEEN = _each("and or of her his their the")
"""What may stand between a modifier and its noun."""

PLACES = _each(
    "up down off out very across behind under over between beside above below around left right one two both"
)
"""What stands in descriptions without describing."""

LOOSE = _each("a an the and or with of in on at by to her his their its s is are has have as from")
"""What means nothing by itself where words were taken out behind it."""

CUT = LOOSE | _each("after before under over near through into onto for but behind beside between one two")
"""What means nothing by itself where a text was cut."""

DANGLING = _each("a an the and or with of her his their its is are has have as from")
"""What means nothing at the end of any clause (`in`, `on`, `by` may: leaning in, standing by)."""

LEFT_OVER = _each("and or s is are has have")
"""What means nothing at the beginning of a clause whose first words are gone."""
