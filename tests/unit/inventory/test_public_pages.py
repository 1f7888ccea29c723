import base64
import hashlib
import re

from inventory.public_pages import Heading, Look, reading_style


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_browsers_run_and_load_what_is_in_the_page_and_nothing_else() -> None:
    look = Look(reading_style("34rem", ".own{color:red}"), scripts=("alert(1)",))
    page = look.page("zh", Heading("标题", "English", "/x"), "<script>alert(1)</script>")
    policy = look.headers["Content-Security-Policy"].split("; ")
    (style,) = re.findall(r"<style>(.*)</style>", page)
    assert policy[:3] == [
        "default-src 'none'",
        f"style-src {hashed(style)}",
        f"script-src {hashed('alert(1)')}",
    ]
    assert look.headers["Cache-Control"] == "no-store"
    assert not re.search(
        r"script|connect", Look("", has_forms=False).headers["Content-Security-Policy"]
    )


def test_titles_and_addresses_are_escaped_and_the_other_language_is_one_click_away() -> None:
    heading = Heading("<b>", "中文", '/x?q="&lang=')
    page = Look("").page("en", heading, "")
    assert '<html lang="en">' in page
    assert "<h1>&lt;b&gt;</h1>" in page
    assert 'href="/x?q=&quot;&amp;lang=&amp;lang=zh" hreflang="zh">中文</a>' in page
