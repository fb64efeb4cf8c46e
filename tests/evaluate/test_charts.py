import xml.etree.ElementTree as ElementTree

import pytest

from korean_rlhf.evaluate.charts import (
    MOST_POINTS,
    Bar,
    Dot,
    Series,
    bar_chart,
    dot_chart,
    line_chart,
    nice_ticks,
)


def numbers(svg, tag, *names):
    return [
        float(element.attrib[name])
        for element in ElementTree.fromstring(svg).iter(tag)
        for name in names
        if name in element.attrib
    ]


def test_a_curve_stays_inside_its_drawing():
    svg = line_chart(
        [Series("학습", [(at, 1e6 / (at + 1)) for at in range(1000)])],
        x_label="스텝",
        describe="손실",
    )
    (line,) = ElementTree.fromstring(svg).iter("polyline")
    points = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]

    assert len(points) == MOST_POINTS
    assert all(0 <= x <= 360 and 0 <= y <= 200 for x, y in points)


def test_a_curve_of_less_than_two_points_is_no_plot():
    assert line_chart([Series("학습", [(1, 2.0)])], x_label="스텝", describe="손실") == ""
    assert line_chart([Series("학습", [])], x_label="스텝", describe="손실") == ""


def test_what_is_not_a_number_is_left_out():
    points = [(0, 1.0), (1, float("nan")), (2, float("inf")), (3, 2.0)]
    svg = line_chart([Series("학습", points)], x_label="스텝", describe="손실")

    assert "nan" not in svg and "inf" not in svg


@pytest.mark.parametrize("value", [0.0, -3.0, 1e-9, 5e7])
def test_a_flat_curve_is_drawn(value):
    svg = line_chart([Series("학습", [(0, value), (9, value)])], x_label="스텝", describe="손실")

    ElementTree.fromstring(svg)


def test_text_is_escaped_and_real():
    name = '<script>"&'
    svg = dot_chart([Dot(name, 0.5, 0.4, 0.6, "0.5 ± 0.1")], describe=name, reference=0.25)

    assert "<script" not in svg
    assert name in [text.text for text in ElementTree.fromstring(svg).iter("text")]


def test_intervals_and_the_chance_line_are_inside():
    svg = dot_chart([Dot("가", 0.5, -0.4, 2.6, "0.5")], describe="점수", reference=9.0)

    assert all(0 <= x <= 360 for x in numbers(svg, "line", "x1", "x2"))


def test_a_bar_is_as_long_as_its_value():
    svg = bar_chart([Bar("가", 10.0, "10"), Bar("나", 5.0, "5")], describe="시간")
    first, second = numbers(svg, "rect", "width")

    assert first == pytest.approx(2 * second, abs=0.2)


def test_bars_of_nothing_are_drawn():
    ElementTree.fromstring(bar_chart([Bar("가", 0.0, "0")], describe="시간"))
    assert bar_chart([], describe="시간") == ""


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 17), (1e-4, 2e-4), (5, 5), (0, 0)])
def test_ticks_span_what_they_label(low, high):
    ticks = nice_ticks(low, high, 5)

    assert ticks[0] <= low and ticks[-1] >= high
    assert 2 <= len(ticks) <= 8


def test_an_axis_of_shares_is_marked_in_per_cent():
    dots = [Dot("가", 0.5, 0.25, 0.75, "50.0")]

    assert ">0.6<" in dot_chart(dots, describe="비율")
    assert ">60<" in dot_chart(dots, describe="비율", percent=True)
    assert ">0.6<" not in dot_chart(dots, describe="비율", percent=True)
