"""The server of `make watch`: what it gives, to whom, and what it adds to a page."""

import base64
import hashlib
import http.client
import json
import re
import threading

import pytest

from case_review.build import page_script
from case_review.build.serving import News, Server, Site, open_server, version
from case_review.rendering.scripts import policy
from case_review.rendering.swap import swap_in

PAGE = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n<title>A report</title></head>'
    "<body><main><p>{text}</p><p>&lt;/body&gt;</p></main></body></html>\n"
)


def page(text="here", scripts=("one();",)):
    return PAGE.format(policy=policy(list(scripts)), text=text)


def make_site(folder, text="here"):
    (folder / "notebooks").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "index.html").write_text(page(text))
    (folder / "notebooks" / "index.html").write_text(page("notebooks"))
    (folder / "data" / "päge 1.csv").write_text("a,b\n")
    return folder


@pytest.fixture
def server(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    made = make_site(tmp_path / "site")
    (made / "link.txt").symlink_to(tmp_path / "secret.txt")
    (made / "folder").symlink_to(tmp_path)
    opened = Server(0, Site(made), News())
    threading.Thread(target=opened.serve_forever, args=(0.01,), daemon=True).start()
    yield opened
    opened.shutdown()
    opened.server_close()


def ask(server, path, method="GET", **headers):
    """Send a request as it stands, without what a client would correct in it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in ({"Host": f"localhost:{server.server_port}"} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer, answer.read()


def test_it_is_reached_from_this_machine_only(server):
    assert server.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:9000", "127.0.0.1:80"])
def test_own_names_are_answered(server, host):
    assert ask(server, "/", Host=host)[0].status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "", "127.0.0.1.a:1"]
)
@pytest.mark.parametrize("path", ["/", page_script.EVENTS])
def test_a_name_that_somebody_else_has_made_point_here_is_refused(server, host, path):
    answer, said = ask(server, path, Host=host)
    assert answer.status == 403
    assert b"here" not in said


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent(server, method):
    assert ask(server, "/", method)[0].status == 501


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/%2e%2e/secret.txt", "/data/../../secret.txt", "/..%2fsecret.txt",
        "/data/..%2f..%2fsecret.txt", "/link.txt", "/folder/secret.txt", "//secret.txt",
        "/./index.html", "/index.html/", "/index.html/x", "/index.html%00.csv", "/data/",
        "/x" * 4000,
    ],
)  # fmt: skip
def test_nothing_outside_the_site_is_given(server, path):
    answer, said = ask(server, path)
    assert answer.status == 404
    assert b"secret" not in said


def test_an_address_of_another_server_is_refused(server):
    assert ask(server, "http://evil.example/index.html")[0].status == 400


def test_what_is_given_is_not_kept_framed_or_read_by_others(server):
    answer, said = ask(server, "/data/p%C3%A4ge%201.csv")
    assert (answer.status, said) == (200, b"a,b\n")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_head_gives_the_length_alone(server):
    answer, said = ask(server, "/", "HEAD")
    assert said == b""
    assert int(answer.headers["Content-Length"]) == len(ask(server, "/")[1])


def test_a_folder_is_its_index_and_is_never_listed(server):
    answer, _ = ask(server, "/notebooks")
    assert (answer.status, answer.headers["Location"]) == (302, "/notebooks/")
    assert b"<p>notebooks</p>" in ask(server, "/notebooks/")[1]
    assert ask(server, "/data/")[0].status == 404


def test_a_page_may_run_the_script_and_no_other(server):
    _, said = ask(server, "/")
    text = said.decode()
    rules = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    script = re.search(r'<script type="module" data-watch="\w+">(.*)</script>', text, re.S)[1]
    digest = hashlib.sha256(script.encode()).digest()
    admitted = f"'sha256-{base64.b64encode(digest).decode()}'"
    before = policy(["one();"])
    assert (
        rules == before.replace("; style-src", f" {admitted}; style-src") + "; connect-src 'self'"
    )
    # At the very end, whatever the page quotes, and nothing else is changed.
    element = f'<script type="module" data-watch="{version(page().encode())}">{script}</script>'
    assert text.replace(element, "").replace(rules, before) == page()
    assert text.index(element) > text.index("&lt;/body&gt;")


def test_the_site_itself_stays_as_it_is(server):
    before = {path: path.read_bytes() for path in server.site.folder.rglob("*.html")}
    ask(server, "/")
    assert {path: path.read_bytes() for path in server.site.folder.rglob("*.html")} == before


def test_a_policy_without_scripts_admits_only_this_one():
    rules = page_script.admit(policy([])).split("; ")
    assert rules[1].startswith("script-src 'sha256-") and "none" not in rules[1]
    assert "script-src" in page_script.admit("default-src 'none'")


def test_a_page_without_a_policy_or_a_body_gets_the_script():
    served = page_script.inject(b"<p>as Quarto may have it</p>", "1")
    assert served.startswith(b"<p>as Quarto may have it</p><script type=")
    quoted = b"<head></head><body>" + page().encode() + b"</body>"
    assert page_script.inject(quoted, "1").count(b"connect-src") == 0


def test_before_there_is_a_site_a_page_waits_for_it(server, tmp_path):
    server.site.folder.rename(tmp_path / "away")
    answer, said = ask(server, "/notebooks/")
    assert answer.status == 503
    assert b"is being made" in said and b'data-watch=""' in said


def listen(server, path):
    """What a page is told, as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", f"{page_script.EVENTS}?page={path}")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    while line := answer.readline():
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def test_pages_are_told_what_is_new_and_which_of_them_changed(server):
    first, other = listen(server, "/"), listen(server, "/notebooks/")
    began = [next(first), next(other)]
    assert [said["state"] for said in began] == ["building", "building"]
    assert began[0]["version"] == version(page().encode())
    server.news.tell({"state": "failed", "message": "index.qmd, line 3: <script>"})
    assert next(first)["message"] == next(other)["message"] == "index.qmd, line 3: <script>"
    (server.site.folder / "index.html").write_text(page("new"))
    server.news.tell({"state": "ready", "message": ""})
    after = [next(first), next(other)]
    assert after[0]["version"] == version(page("new").encode())
    assert after[1]["version"] == began[1]["version"]
    assert next(listen(server, "/gone.html"))["version"] == ""


def test_a_site_that_is_exchanged_is_whole_at_every_moment(server, tmp_path):
    """Every page that is asked for while sites are exchanged is there, and of one of them."""
    stop, wrong, given = threading.Event(), [], []

    def look():
        while not stop.is_set():
            content = server.site.read(["notebooks", "index.html"])
            (given if content == page("notebooks").encode() else wrong).append(content)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(60):
        swap_in(make_site(tmp_path / f"fresh {number}"), server.site.folder)
    stop.set()
    reader.join()
    assert not wrong
    assert len(given) > 20


def test_a_gap_between_two_renames_is_waited_for(server, tmp_path):
    folder, away = server.site.folder, tmp_path / "away"
    folder.rename(away)
    threading.Timer(0.05, lambda: away.rename(folder)).start()
    assert server.site.read(["index.html"]) == page().encode()


def test_a_port_that_is_taken_gives_way_to_the_next(server):
    taken = server.server_port
    other = open_server(taken, server.site, server.news)
    try:
        assert other.server_port != taken
    finally:
        other.server_close()
