"""Reading the results of the OGC suite and holding them against the baseline."""

from __future__ import annotations

import json

import pytest

from tests.conformance.ogc_suite import CannotRun, find_jar, read_results, report, worse_than

TESTNG = """<testng-results><suite name="s"><test name="core">
<class name="org.opengis.cite.ogcapifeatures10.conformance.core.LandingPage">
 <test-method status="PASS" name="open" is-config="true"/>
 <test-method status="PASS" name="landingPageRetrieval"/>
</class>
<class name="org.opengis.cite.ogcapifeatures10.conformance.core.Features">
 <test-method status="PASS" name="validateLinks"/><test-method status="FAIL" name="validateLinks"/>
 <test-method status="SKIP" name="validateTimeStamp"/><test-method status="PASS" name="validateTimeStamp"/>
</class></test></suite></testng-results>"""


def test_a_test_is_as_good_as_its_worst_run():
    assert read_results(TESTNG) == {
        "Features.validateLinks": "FAIL",
        "Features.validateTimeStamp": "SKIP",
        "LandingPage.landingPageRetrieval": "PASS",
    }


def test_worse_and_missing_results_are_named():
    baseline = {"a": "PASS", "b": "SKIP", "c": "FAIL", "d": "PASS"}
    assert worse_than(baseline, {"a": "SKIP", "b": "PASS", "c": "FAIL"}) == [
        "a: PASS before, now SKIP",
        "d: PASS before, now not run",
    ]


def test_the_baseline_may_only_improve(tmp_path, capsys):
    kept = tmp_path / "baseline.json"
    assert report({"a": "SKIP", "b": "PASS"}, keep=True, baseline=kept) == 0
    assert report({"a": "PASS", "b": "PASS"}, keep=True, baseline=kept) == 0
    assert report({"a": "PASS", "b": "FAIL"}, keep=True, baseline=kept) == 1
    assert json.loads(kept.read_text()) == {"a": "PASS", "b": "PASS"}
    assert "worse: b: PASS before, now FAIL" in capsys.readouterr().out


def test_a_jar_that_is_not_there_is_named():
    with pytest.raises(CannotRun, match=r"There is no /nowhere\.jar"):
        find_jar("/nowhere.jar")
