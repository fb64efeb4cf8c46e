import xml.etree.ElementTree as ElementTree

import pytest

from korean_rlhf.evaluate.curves import DASHES, FEW, Line, Mark, Stretch, stage_curve
from korean_rlhf.evaluate.scatter import Place, scatter_chart


def stretch(title, steps, value=50.0):
    return Stretch(title, [Mark(at, value, value - 5, value + 5, f"{value}") for at in steps])


def elements(drawn, tag, kind=""):
    found = ElementTree.fromstring(drawn).iter(tag)
    return [one for one in found if one.get("class", "").startswith(kind)]


def test_stages_stand_side_by_side_and_inside():
    drawn = stage_curve(
        [stretch("가", range(100, 3100, 100)), stretch("나", [5]), stretch("다", [1, 9])],
        describe="점수",
        lines=[Line("우연", 99.0)],
    )
    dots = [float(one.attrib["cx"]) for one in elements(drawn, "circle", "dot")]

    assert len(dots) == 33 and dots == sorted(dots)
    assert len(elements(drawn, "polygon", "ribbon")) == 2, "one mark alone has no ribbon"
    coordinates = [
        float(value)
        for one in elements(drawn, "polygon")
        for pair in one.attrib["points"].split()
        for value in pair.split(",")
    ]
    assert all(0 <= value <= 360 for value in coordinates)


def test_steps_are_to_scale_within_a_stage_and_thinned():
    drawn = stage_curve([stretch("가", [0, 10, 100])], describe="점수")
    first, second, last = (float(one.attrib["cx"]) for one in elements(drawn, "circle"))

    assert (second - first) / (last - first) == pytest.approx(0.1, abs=0.01)
    many = stage_curve([stretch("가", range(10_000, 90_000, 1000))], describe="점수")
    ticks = [one.text for one in elements(many, "text", "tick")]
    assert ticks[-1] == "89,000" and len([text for text in ticks if "," in text]) < 9


@pytest.mark.parametrize(("count", "whiskers"), [(FEW, FEW), (FEW + 1, 0)])
def test_few_marks_have_whiskers_and_numbers(count, whiskers):
    drawn = stage_curve([stretch("가", range(count))], describe="점수")

    assert len(elements(drawn, "line", "whisker")) == whiskers
    assert len(elements(drawn, "text", "value")) == whiskers


def test_a_checkpoint_that_was_not_chosen_is_a_ring():
    marks = [Mark(1, 1.0, 1.0, 1.0, "1"), Mark(2, 1.0, 1.0, 1.0, "1", chosen=False)]
    drawn = stage_curve([Stretch("가", marks)], describe="점수")

    assert len(elements(drawn, "circle", "dot")) == len(elements(drawn, "circle", "ring")) == 1


def test_lines_beyond_what_dashes_can_tell_apart_are_left_out():
    lines = [Line(f"줄 {at}", 40.0 + at) for at in range(9)]
    drawn = stage_curve([stretch("가", [1])], describe="점수", lines=lines)

    assert len(elements(drawn, "line", "reference")) == 2 * len(DASHES)
    assert "줄 0" in drawn and "줄 8" not in drawn
    assert stage_curve([Stretch("가", [])], describe="점수") == ""


def test_close_points_are_told_apart_by_numbers():
    places = [Place(f"단계 {at}<", 5.0, 5.0, 1.0, 1.0) for at in range(4)]
    drawn = scatter_chart(places, x_label="x", y_label="y", describe="점")
    numbers = elements(drawn, "text", "value")

    assert [one.text for one in numbers] == ["1", "2", "3", "4"]
    assert len({(one.attrib["x"], one.attrib["y"]) for one in numbers}) == 4
    assert "4. 단계 3&lt;: 5.0, 5.0" in drawn
    assert scatter_chart([], x_label="x", y_label="y", describe="점") == ""
