package org.nnlang.cli.picture;

import java.util.ArrayList;
import java.util.List;

/// A page in one file: no font, no script, no picture from elsewhere; light and dark as the reader likes it.
public final class Page {
    private static final String STYLE = """
            :root { --back: #fff; --text: #1d2330; --faint: #5d6675; --line: #d5dae2; --box: #f4f6f9; --a: #2563b0; --b: #c2571a;
              --c: #26804f; --d: #8a3ab9; --e: #b0862b; --f: #b3304f; --g: #0e7f8c; --h: #5a5f6b; }
            @media (prefers-color-scheme: dark) { :root { --back: #14171c; --text: #e4e8ee; --faint: #9aa4b3; --line: #363d48;
              --box: #1d222a; --a: #74aef0; --b: #f0a06a; --c: #6fcf97; --d: #c792ea; --e: #e0c06a; --f: #f0849c; --g: #5fd0dc; --h: #aab1bd; } }
            html { scroll-padding-top: 3rem; }
            body { background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 0 auto 4rem;
              max-width: 1080px; padding: 0 1.2rem; }
            nav { position: sticky; top: 0; z-index: 1; background: var(--back); border-bottom: 1px solid var(--line); margin-bottom: 1.4rem;
              padding: .6rem 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .9rem; }
            nav a { color: var(--faint); text-decoration: none; } nav a:hover { color: var(--a); }
            #live { margin-left: auto; color: var(--faint); } #live.on { color: var(--c); } #live.off { color: var(--f); }
            h1 { font-size: 1.7rem; margin: 1.4rem 0 .2rem; } h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem; } h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
            .lead { color: var(--faint); margin: 0 0 1.2rem; } p { max-width: 48rem; }
            progress { width: 100%; height: 6px; accent-color: var(--a); display: block; margin: 0 0 1rem; }
            .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: .6rem; }
            .fact { background: var(--box); border-radius: 8px; padding: .55rem .8rem; }
            .fact b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; } .fact span { color: var(--faint); font-size: .85rem; }
            .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(480px, 100%), 1fr)); gap: 1.4rem 1rem; }
            figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .2rem; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .2rem .9rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
            th { color: var(--faint); font-weight: 500; } td.n, th.n { text-align: right; white-space: nowrap; }
            .bar { display: inline-block; height: .55rem; background: var(--b); border-radius: 2px; }
            .confusion td, .confusion th { border: 0; padding: .25rem .5rem; text-align: center; font-size: .85rem; } .confusion th.n { text-align: right; }
            .confusion td { min-width: 1.9rem; border: 1px solid var(--back); } .confusion td.n { color: var(--faint); text-align: right; }
            .confusion .right { background: color-mix(in srgb, var(--a) var(--share), var(--box)); }
            .confusion .wrong { background: color-mix(in srgb, var(--f) var(--share), var(--box)); }
            .samples { display: flex; flex-wrap: wrap; gap: .8rem; } .sample { background: var(--box); border-radius: 8px; padding: .5rem .6rem; font-size: .85rem; }
            .sample img { display: block; height: 84px; image-rendering: pixelated; border-radius: 4px; margin-bottom: .3rem; } .sample .no { color: var(--f); }
            .sample .two { display: flex; gap: .4rem; } .side { display: flex; flex-wrap: wrap; gap: 1.6rem; align-items: flex-start; }
            code, pre { font: 13px/1.45 ui-monospace, monospace; } pre { background: var(--box); border-radius: 8px; overflow-x: auto; padding: .8rem 1rem; }
            pre.command { white-space: pre-wrap; overflow-wrap: anywhere; }
            .scroll { overflow: auto; max-height: 900px; border: 1px solid var(--line); border-radius: 8px; padding: .5rem; } .wide { overflow-x: auto; }
            details { margin-top: 1rem; } summary { cursor: pointer; color: var(--faint); margin-bottom: .4rem; } svg { max-width: 100%; height: auto; } .scroll svg { max-width: none; display: block; margin: auto; }
            @media print { nav { display: none; } }
            """;

    /// Asks for what has changed, once a second.
    private static final String SCRIPT = """
            let seen = 0, failed = 0;
            const live = document.getElementById('live');
            function show(state, text) { live.className = state; live.textContent = text; }
            function put(section) {
              const place = document.getElementById(section.id);
              const open = [...place.querySelectorAll('details')].map(d => d.open);
              const at = [...place.querySelectorAll('.scroll, .wide')].map(d => [d.scrollLeft, d.scrollTop]);
              place.innerHTML = section.html;
              place.querySelectorAll('details').forEach((d, i) => { if (i < open.length) d.open = open[i]; });
              place.querySelectorAll('.scroll, .wide').forEach((d, i) => { if (i < at.length) [d.scrollLeft, d.scrollTop] = at[i]; });
              const link = document.querySelector('nav a[href="#' + section.id + '"]');
              if (link) link.hidden = section.html === '';
            }
            async function ask() {
              try {
                const answer = await (await fetch('update?after=' + seen, { cache: 'no-store' })).json();
                answer.sections.forEach(put);
                seen = answer.version;
                failed = 0;
                if (answer.ended) { show('', 'ended'); return; }
                show('on', '● live');
              } catch (e) {
                failed++;
                show('off', 'no connection: is nn still running?');
                if (failed > 600) return;
              }
              setTimeout(ask, 1000);
            }
            ask();
            """;

    private final List<Section> sections = new ArrayList<>();
    private final String title;

    /// A part of a page.
    ///
    /// @param id what links call it
    /// @param name in the list of sections; empty for one that is not listed
    /// @param html empty where there is nothing to show yet
    public record Section(String id, String name, String html) {}

    /// @param title as text, not HTML
    public Page(String title) {
        this.title = title;
    }

    /// Adds a section.
    public Page section(String id, String name, String html) {
        sections.add(new Section(id, name, html));
        return this;
    }

    /// What it is made of.
    public List<Section> sections() {
        return List.copyOf(sections);
    }

    /// The whole page, as it is and stays.
    public String text() {
        return text(false);
    }

    /// The whole page, which asks the server that it comes from for what has changed, by `update?after=VERSION`.
    public String live() {
        return text(true);
    }

    private String text(boolean live) {
        var text = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<link rel=\"icon\" href=\"data:,\">\n<title>" + escape(title) + "</title>\n<style>\n" + STYLE
                + "</style>\n</head>\n<body>\n");
        boolean listed = sections.stream().filter(section -> !section.name().isEmpty()).count() > 1;
        if (listed) {
            text.append("<nav>");
            for (Section section : sections) {
                if (!section.name().isEmpty()) {
                    text.append("<a href=\"#").append(section.id()).append('"')
                            .append(section.html().isEmpty() ? " hidden" : "").append('>')
                            .append(escape(section.name())).append("</a>");
                }
            }
            text.append(live ? "<span id=\"live\"></span>" : "").append("</nav>\n");
        }
        for (Section section : sections) {
            if (live || !section.html().isEmpty()) {
                text.append("<section id=\"").append(section.id()).append("\">\n").append(section.html())
                        .append("</section>\n");
            }
        }
        return text.append(live ? "<script>\n" + SCRIPT + "</script>\n" : "").append("</body>\n</html>\n").toString();
    }

    /// Text as HTML or SVG.
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
