"""Words of disclosure control: rules, attacks and how they ended, exceptions.

Invariants: every id of `risk_models.disclosure.report` has its words here; no words name a parameter of a rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from node.web.language import N_

DISCLOSURE: Mapping[str, Mapping[str, str]] = {
    "rule": {
        "minimum_subjects": N_("too few subjects"),
        "minimum_reporting_entities": N_("too few reporting entities"),
        "minimum_reports": N_("too few reports or transactions"),
        "minimum_count": N_("a small count"),
        "strict_minimum": N_("a small count of a sensitive crime"),
        "follows_its_count": N_("its count is small or not given"),
        "concentration": N_("one reporting entity could work out another's value"),
        "group_disclosure": N_("tells something of everybody in a group"),
        "withheld_at_source": N_("withheld in the file already"),
        "withheld_by_officer": N_("withheld by an officer"),
        "cover": N_("cover: another withheld figure could be worked out from it"),
        "difference_between_vintages": N_("the difference from an earlier release tells on a few"),
        "": N_("no rule"),
    },
    "attack": {
        "AT1": N_("Solve the sums of the release for a withheld figure."),
        "AT2": N_("Narrow a withheld figure by everything one reader may know already."),
        "AT3": N_("Put together what different recipients received."),
        "AT4": N_("Put this release and earlier ones together."),
        "AT5": N_("Go through totals, parts, and codes that were renamed."),
        "AT6": N_("As a reporting entity, take one's own reports away from a figure."),
        "AT7": N_("As the only one behind a figure, work out the figure it covers."),
        "AT8": N_("Work a figure back from a ratio or a mean."),
        "AT9": N_("Read a value out of the mark that it is withheld, or out of an alarm."),
        "AT10": N_("Try small numbers until a published digest fits."),
        "AT11": N_("Narrow a figure by its exact rank."),
        "AT12": N_("Notice that a figure is absent from the release."),
    },
    "attack_outcome": {
        "passed": N_("tried, nothing was learnt"),
        "failed": N_("succeeded: do not sign"),
        "not_run": N_("not tried"),
        "not_applicable": N_("cannot be made"),
    },
    "attack_detail": {
        "nothing_is_protected": N_("Nothing of this kind of figures is protected."),
        "same_for_every_recipient": N_("Every recipient receives the same bytes."),
        "indicators_are_not_released": N_(
            "Indicators are computed from released figures and are not part of it."
        ),
        "by_construction": N_("The form of every release leaves no room for it."),
        "intervals_of_remainders": N_(
            "The remainder of each block, for outsiders, counterparts and entities."
        ),
        "no_relation": N_("No figure of the release is a sum of others."),
        "not_in_this_version": N_("This version does not try it."),
        "no_dense_set_of_keys": N_("This kind of release has no list of keys that must all be there."),
        "every_key_has_a_row": N_("Every key has its line, whether anything happened or not."),
        "nothing_derived": N_("No ratio or mean goes with the release."),
        "figures_from_released_cells_only": N_(
            "Every derived figure is computed from released figures alone."
        ),
        "value_beside_its_count": N_("A value leaves only with the count it belongs to."),
        "nothing_sealed_yet": N_("The manifest is not written yet."),
        "salt_of_the_log_entry": N_("The record in the log is salted."),
        "digests_of_whole_parts_only": N_("Digests are of whole files, never of a figure."),
        "beyond_budget": N_("Too much for the budget of this release: so many were left out."),
        "no_contributions": N_("Nobody's contributions are known here."),
        "rest_without_one_entity": N_("What is left of a figure without the part of one entity."),
        "own_contributions_known": N_("Each large contributor with everything it reported itself."),
        "columns_of_the_structure_only": N_("The release has the columns of its structure and no other."),
        "rows_in_order_of_their_keys": N_("Lines are in the order of their keys, never of their values."),
        "no_single_contributor": N_("No withheld figure has a single contributor."),
        "single_contributors": N_("Each single contributor with its own figure."),
        "shipped_intervals": N_("The intervals that leave hold the truth and are wide enough."),
        "alarms_on_withheld_cells": N_("No alarm about a withheld figure is certain."),
        "statuses_and_intervals": N_("Everything that each status and interval implies."),
        "elimination": N_("The equations of the release were solved exactly."),
        "intervals_with_prior_knowledge": N_(
            "The interval that each attacker can reach was proven wide enough."
        ),
        "union_over_recipients": N_("Everything that all recipients have, together."),
        "nothing_released_before": N_("Nothing of this was released before."),
        "union_over_vintages": N_("Everything that was released before, together with this."),
        "older_than_the_window": N_("Releases older than the window that is looked at."),
        "rollups": N_("All totals and parts of the code lists."),
        "rollups_and_recodes": N_("All totals and parts, and the codes that were renamed."),
    },
    "cover_method": {
        "none": N_("No cover was needed."),
        "exact": N_("The least costly cover was found and proven."),
        "fast": N_("Cover was found by the fast method; a less costly one may exist."),
    },
    "exception_kind": {
        "show_cell": N_("Show a withheld figure"),
        "release_revision": N_("Release a revision that is held for its differences"),
        "withhold_cell": N_("Withhold a figure though no rule asks"),
    },
    "exception_state": {
        "waiting": N_("waits for a second officer"),
        "in_force": N_("in force"),
        "ended": N_("ended"),
    },
}
