"""Steps of the tour between school and evaluator: the reviews, and the papers at their end."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from inventory.requirements.writing import write_rows
from tests.e2e.browsers import fits
from tests.e2e.tour_mending import hand_over
from tests.e2e.tour_school import BATCHES, STATION, TESTER, VERSION
from tests.paper_reading import opened_in_libreoffice, pages_of_pdf, without_blanks
from tests.schools import WRITES


def come_to_the_second_review(school: Page, judge: Page) -> None:
    """The guide's first four steps, which are nothing but buttons, without their pages."""

    def post(page: Page, path: str, body: dict[str, str]) -> int:
        answer = page.request.post(f"/api/v1/reviews{path}", data=body, headers=WRITES)
        assert answer.ok, answer.text()
        return int(json.loads(answer.text())["id"])

    number = post(school, "", {"station": STATION, "text": "申请成为考核站。"})
    for page, step in (
        (judge, "pass_application"),
        (judge, "sign_agreement"),
        (school, "submit_selection"),
    ):
        post(page, f"/{number}/steps", {"step": step, "text": "材料齐全。"})


def stands_at(page: Page, state: str) -> None:
    """Waits until the page says so by itself."""
    expect(page.locator(f'[data-review-state="{state}"]')).to_be_visible()


def take(page: Page, step: str, words: str = "") -> None:
    page.locator("[data-field=words]").fill(words)
    page.locator(f'.needed [data-step="{step}"]').click()


def send_comment(page: Page, words: str) -> None:
    page.locator("[data-field=comment]").fill(words)
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".said .text").filter(has_text=words)).to_be_visible()
    page.get_by_role("button", name="关闭").click()


def be_reviewed(school: Page, judge: Page) -> None:
    school.goto("/reviews")
    school.locator(f'tr[data-station="{STATION}"]').get_by_role("link", name="打开").click()
    stands_at(school, "selection_submitted")
    take(school, "complete_conditions", "建设条件已备齐")
    stands_at(school, "conditions_completed")
    judge.goto(school.url)
    stands_at(judge, "conditions_completed")
    stage = judge.locator('[data-stage="pass_conditions"]')
    expect(stage).to_have_attribute("data-stage-state", "now")
    judge.get_by_role("button", name="全部 ").click()
    judge.locator(f'[data-comment-on="{TESTER}"]').click()
    send_comment(judge, "请补充证书 CAL-4 的有效期")
    take(judge, "return")
    expect(judge.get_by_text("请先写明理由")).to_be_visible()
    take(judge, "return", "证书信息不全")
    # the page follows by itself
    stands_at(school, "conditions_returned")
    expect(school.locator(".back-words")).to_contain_text("证书信息不全")
    school.get_by_role("button", name="有意见 1").click()
    school.locator(f'[data-comment-on="{TESTER}"]').click()
    school.locator("[data-reply]").click()
    send_comment(school, "已在台账登记有效期")
    take(school, "complete_conditions", "已按意见整改")
    stands_at(judge, "conditions_completed")
    take(judge, "pass_conditions", "现场已核实")
    stands_at(judge, "conditions_passed")
    judge.locator('[data-entry="pass_conditions"] [data-snapshot]').click()
    expect(judge.locator("[data-intact=true]")).to_be_visible()
    stands_at(school, "conditions_passed")


def make_paper(page: Page, kind: str, form: str, folder: Path) -> str:
    """The code of a new paper, which is fetched into the folder."""
    page.get_by_label("种类").select_option(kind)
    page.get_by_role("button", name="生成文件").click()
    told = page.get_by_text("✓ 已生成，验证码")
    code = told.inner_text().split("验证码")[1].strip(" 。")
    row = page.locator(f'[data-paper="{code.replace("-", "")}"]')
    with page.expect_download() as fetched:
        row.locator(f'a[href$="format={form}"]').click()
    fetched.value.save_as(folder / f"{kind}.{form}")
    return code


def read_papers_back(page: Page, program: str, folder: Path) -> str:
    """What the database says stands in each paper, whoever opens it; the self-check's code.

    `program` is LibreOffice.
    """
    page.goto("/papers")
    codes = {
        kind: make_paper(page, kind, form, folder)
        for kind, form in (
            ("equipment_table", "xlsx"),
            ("self_check", "docx"),
            ("rectification_report", "pdf"),
        )
    }
    files = [folder / "equipment_table.xlsx", folder / "self_check.docx"]
    texts = dict(
        zip(
            ("equipment_table", "self_check"),
            opened_in_libreoffice(program, files, folder),
            strict=True,
        )
    )
    texts["rectification_report"] = "".join(pages_of_pdf(folder / "rectification_report.pdf"))
    for kind, text in texts.items():
        assert codes[kind] in text, kind
    items = page.request.get("/api/v1/equipment").json()["items"]
    assert {one["location"] for one in items} == {"A101"}
    for one in items:
        for said in (one["asset_number"], one["item_zh"], one["location"]):
            assert without_blanks(said) in texts["equipment_table"]
    asked = {"module": "2-1", "level": "elementary"}
    check = page.request.get(f"/api/v1/stations/{STATION}/readiness", params=asked).json()  # type: ignore[arg-type]
    assert (check["status"], check["list_version"]) == ("ready", VERSION)
    assert VERSION in texts["self_check"]
    assert all(row["item"]["zh"] in texts["self_check"] for row in check["rows"])
    tasks = page.request.get("/api/v1/rectifications").json()["items"]
    assert sorted(one["state"] for one in tasks) == ["accepted", "closed"]
    assert "发票看不清" in texts["rectification_report"]
    return codes["self_check"]


def report_the_year(page: Page) -> None:
    page.get_by_role("button", name="年度报告").click()
    batches = write_rows("b.xlsx", BATCHES)
    hand_over(page.locator("input[type=file]"), "批次.xlsx", batches)
    told = page.get_by_text("✕ 文件中“面向社会培训”合计为 93，各行之和为 17")
    expect(told).to_be_visible()
    expect(page.locator("tfoot")).to_contain_text("17")


def check_a_paper(stranger: Page, code: str) -> None:
    stranger.goto("/verify")
    stranger.get_by_label("请输入页脚的验证码").fill(code.lower())
    stranger.get_by_role("button", name="查验").click()
    expect(stranger.get_by_text("系统中有此文件，内容未被改动")).to_be_visible()
    expect(stranger.get_by_text(STATION)).to_be_visible()
    assert fits(stranger)
