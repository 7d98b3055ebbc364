package org.nnlang.cli.picture;

/// A page in one file: no script, no font, no picture from elsewhere; light and dark as the reader likes it.
public final class Page {
    private static final String STYLE = """
            :root { --back: #fff; --text: #1d2330; --faint: #5d6675; --line: #d5dae2; --box: #f4f6f9; --a: #2563b0; --b: #c2571a;
              --c: #26804f; --d: #8a3ab9; --e: #b0862b; --f: #b3304f; --g: #0e7f8c; --h: #5a5f6b; }
            @media (prefers-color-scheme: dark) { :root { --back: #14171c; --text: #e4e8ee; --faint: #9aa4b3; --line: #363d48;
              --box: #1d222a; --a: #74aef0; --b: #f0a06a; --c: #6fcf97; --d: #c792ea; --e: #e0c06a; --f: #f0849c; --g: #5fd0dc; --h: #aab1bd; } }
            body { background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
              max-width: 1080px; padding: 0 1.2rem; }
            h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
            .lead { color: var(--faint); margin: 0 0 1.2rem; }
            .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: .6rem; }
            .fact { background: var(--box); border-radius: 8px; padding: .55rem .8rem; }
            .fact b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; } .fact span { color: var(--faint); font-size: .85rem; }
            .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(480px, 1fr)); gap: 1rem; }
            figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .2rem; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .2rem .9rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
            th { color: var(--faint); font-weight: 500; } td.n, th.n { text-align: right; }
            code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { background: var(--box); border-radius: 8px; overflow-x: auto; padding: .8rem 1rem; }
            .scroll { overflow: auto; max-height: 900px; border: 1px solid var(--line); border-radius: 8px; padding: .5rem; }
            details { margin-top: 1rem; } summary { cursor: pointer; color: var(--faint); margin-bottom: .4rem; } svg { max-width: 100%; height: auto; } .scroll svg { max-width: none; }
            """;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    /// @param title as text, not HTML
    public Page(String title) {
        this.title = title;
    }

    /// Adds HTML.
    public Page html(String html) {
        body.append(html).append('\n');
        return this;
    }

    /// Begins a section.
    public Page section(String heading) {
        return html("<h2>" + escape(heading) + "</h2>");
    }

    /// The whole page.
    public String text() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    /// Text as HTML or SVG.
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
