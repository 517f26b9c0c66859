"""Words of the register of typologies: its fields, its steps, and what is wrong with what was typed.

Invariants: as those of `words`, which has them among its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from node.web.language import N_

REGISTER: Mapping[str, Mapping[str, str]] = {
    "typology_field": {
        "title": N_("title"),
        "description": N_("description"),
        "warning_signs": N_("warning signs"),
        "measures": N_("recommended measures"),
        "sources": N_("Sources"),
        "original": N_("Language of the original"),
        "change": N_("What is other than before"),
        "audience": N_("Audience"),
        "reason": N_("Reason"),
    },
    "typology_next": {
        "PROPOSED": N_("A second person, a releasing officer who did not write it, reviews it."),
        "REVIEWED": N_(
            "A releasing officer who did not write it shares it with the members that are to have it."
        ),
        "SHARED": N_(
            "Members fetch it at their next synchronisation. A new version begins anew: review, then share."
        ),
        "RETIRED": N_("It is out of use, and stays readable."),
    },
    "typology_receipt": {
        "imported": N_("in its register"),
        "refused": N_("refused there"),
        "none": N_("no receipt yet"),
    },
    "fault": {
        "missing": N_("Nothing is stated here."),
        "original_missing": N_("The original is in this language: write it here."),
        "too_long": N_("{count} characters are too many; {at_most} are taken."),
        "too_many": N_("{count} are too many; {at_most} are taken."),
        "unknown_code": N_("{code} cannot be chosen here."),
        "unknown_facet": N_("There is no such code list."),
        "unknown_language": N_("Texts are taken in Russian, Kazakh and English, not in {language}."),
        "control_characters": N_("It holds line breaks or signs that cannot be seen; type it again."),
        "content_marking": N_("“{excerpt}” is a secrecy marking: such a text is not written here."),
        "content_email": N_("“{excerpt}” reads as an e-mail address or a user name; write it without."),
        "content_wallet": N_("“{excerpt}” reads as a wallet or a transaction; write it without."),
        "content_bank_account": N_("“{excerpt}” reads as a bank account; write it without."),
        "content_card": N_("“{excerpt}” reads as a card number; write it without."),
        "content_national_number": N_("“{excerpt}” reads as somebody's number; write it without."),
        "content_document": N_("“{excerpt}” reads as a document's number; write it without."),
        "content_phone": N_("“{excerpt}” reads as a telephone number; write it without."),
        "content_birth_date": N_("“{excerpt}” reads as a date of birth; write it without."),
        "content_person_name": N_("“{excerpt}” reads as a person's name; write it without."),
        "content_address": N_("“{excerpt}” reads as an address; write it without."),
        "content_unscanned": N_("This text could not be looked through; write it shorter and plainer."),
    },
}
