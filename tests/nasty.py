"""Nasty texts: what cells of real files hold, and worse."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = [
    "1", "2", "0", "9", "20", "2020", "02", "29", "30", "12", "31", "-", "/", ".", "年", "月", "日", " ", "\u3000", "\u00a0",
    "\u200b", "\ufeff", "１", "２", "，", ",", "、", ";", "；", "|", "｜", "+", "－", "e5", "E", "T", "８", ":", "：", "00", "59",
    "是", "否", "有", "无", "Ｙ", "n", "true", "FALSE", "True", "健康", "长期慢性病", "残疾", "A级", "Ａ级", "a", "男", "Female",
    "\t", "\r", "\n", "_", "½", "٣", "\x85", "\u2028", "１９００", "2100", "1900", "2101", "999999999999", "99995", "0" * 20,
    '"', "'", "null", "NaN", "-999", "inf", "不详", "Ｎ／Ａ", "N/A", "-", "－", "0x1F", "1e3", "(", ")", "%", "\\", "é", "𠀀", "",
]  # fmt: skip

_part = st.sampled_from(PIECES)
_wild = st.lists(_part, max_size=8).map("".join)
_day = st.tuples(
    st.sampled_from(["2020", "1900", "1899", "2100", "2101", "２０２０", "0000", "2019", "20"]),
    st.sampled_from(
        [("-", "-", ""), ("/", "/", ""), (".", ".", ""), ("年", "月", "日"), ("", "", ""), ("-", "/", ""), ("－", "－", "")]
    ),
    st.sampled_from(["1", "01", "2", "02", "12", "13", "00", "６"]),
    st.sampled_from(["1", "01", "28", "29", "30", "31", "32", "0"]),
).map(lambda p: p[0] + p[1][0] + p[2] + p[1][1] + p[3] + p[1][2])
_clock = st.tuples(
    st.sampled_from([" ", "T", "  ", "t", "\u3000"]),
    st.sampled_from(["8", "08", "23", "24", "0", "007"]),
    st.sampled_from([":00", ":5", ":59", ":60", "：30"]),
    st.sampled_from(["", ":00", ":59", ":60", ":5", ":00.5", "+08:00"]),
).map("".join)
_number = st.tuples(
    st.sampled_from(["", "+", "-", "－", "--"]),
    st.sampled_from(
        ["", "0", "12", "1,234", "999,999,999,999", "1,234,567", "12,34", "1234567890123", "123456789012345", "９９"]
    ),
    st.sampled_from(["", ".", ".0", ".00005", ".99995", ".00004999", ".12345678901234567890123", ".5", "e3"]),
).map("".join)
_long = st.integers(1, 400).map(lambda n: "9" * n)

text = st.one_of(_wild, _day, st.tuples(_day, _clock).map("".join), _number, _long)
