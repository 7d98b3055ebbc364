package org.nnlang.compiler.diagnostic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

class RenderersTest {
    private final SourceFile file = new SourceFile("models/größe 1.nn", """
            layer A()(x: f32[b, n]) -> f32[b, n] {
            \tval 日本 = "é" + x @ W
                x
            }
            """);
    private final SourceFile other = new SourceFile("other.nn", "val W = 3\n");

    private Span span(String text) {
        int start = file.text().indexOf(text);
        return file.span(start, start + text.length());
    }

    private final Diagnostic diagnostic = Diagnostic.of(Code.INNER_DIMENSIONS, span("@"), "100% \"wrong\", a: b")
            .here("here")
            .also(span("日本"), "wide")
            .also(span("W"), "right")
            .also(other.span(4, 5), "declared here")
            .note("a note")
            .help("help\nin two lines")
            .fix(Fix.write(span("W"), "V"));

    @Test
    void marksStandUnderWideCharactersAndTabs() {
        assertEquals("""
                error[NN0203]: 100% "wrong", a: b
                 --> models/größe 1.nn:2:19
                  |
                2 |     val 日本 = "é" + x @ W
                  |         ----           ^ - right
                  |         |              |
                  |         |              here
                  |         wide
                 ::: other.nn:1:5
                  |
                1 | val W = 3
                  |     - declared here
                note: a note
                help: help
                      in two lines
                """, new HumanRenderer(false).render(diagnostic));
    }

    @Test
    void aMarkOverSeveralLinesIsABar() {
        Diagnostic tall = Diagnostic.of(Code.UNEXPECTED, file.span(0, file.text().length() - 1), "all")
                .here("all of it")
                .also(span("W"), "W");
        assertEquals("""
                error[NN0101]: all
                 --> models/größe 1.nn:1:1
                  |
                1 | / layer A()(x: f32[b, n]) -> f32[b, n] {
                2 | |     val 日本 = "é" + x @ W
                  | |                          - W
                3 | |     x
                4 | | }
                  | |_^ all of it
                """, new HumanRenderer(false).render(tall));
    }

    @Test
    void placesAtTheEndsOfTheTextAreShown() {
        SourceFile empty = new SourceFile("empty.nn", "");
        assertEquals("""
                error[NN0101]: nothing
                 --> empty.nn:1:1
                  |
                1 |
                  | ^
                """, new HumanRenderer(false).render(Diagnostic.of(Code.UNEXPECTED, empty.span(0, 0), "nothing")));
        Span end = other.span(10, 10);
        assertTrue(
                new HumanRenderer(false).render(Diagnostic.of(Code.UNEXPECTED, end, "end")).contains("other.nn:2:1"));
    }

    @Test
    void coloursAreEscapeCodes() {
        String text = new HumanRenderer(true).render(diagnostic);
        assertTrue(text.startsWith("\u001B[1;31merror[NN0203]\u001B[0m"), text);
        assertEquals(new HumanRenderer(false).render(diagnostic), text.replaceAll("\u001B\\[[0-9;]*m", ""));
    }

    @Test
    void githubEscapesItsSigns() {
        assertEquals(
                "::error file=models/größe 1.nn,line=2,endLine=2,col=19,endColumn=20,"
                        + "title=NN0203%3A a matrix product whose inner dimensions differ::100%25 \"wrong\", a: b%0Ahere: here"
                        + "%0Amodels/größe 1.nn:2:6: wide%0Amodels/größe 1.nn:2:21: right%0Aother.nn:1:5: declared here"
                        + "%0Anote: a note%0Ahelp: help%0Ain two lines\n",
                new GithubRenderer().render(List.of(diagnostic)));
    }

    @Test
    void jsonHoldsEverything() {
        String json = new JsonRenderer().render(List.of(diagnostic));
        assertTrue(json.contains("\"message\": \"100% \\\"wrong\\\", a: b\""), json);
        assertTrue(json.contains("\"help\": \"help\\nin two lines\""), json);
        assertTrue(json.contains("\"endColumn\": 20"), json);
        assertTrue(json.contains("\"title\": \"write `V`\""), json);
        assertTrue(json.contains("\"text\": \"V\""), json);
        assertEquals("{\n  \"diagnostics\": []\n}\n", new JsonRenderer().render(List.of()));
    }

    @Test
    void sarifHasRulesAndRelatedPlaces() {
        String sarif = new SarifRenderer().render(List.of(diagnostic, diagnostic));
        assertTrue(sarif.contains("\"version\": \"2.1.0\""), sarif);
        assertTrue(sarif.contains("\"uri\": \"models/gr%C3%B6%C3%9Fe%201.nn\""), sarif);
        assertEquals(2, sarif.split("\"id\": \"NN0203\"|\"ruleId\": \"NN0203\"").length - 1 - 1, sarif);
        assertTrue(sarif.contains("\"relatedLocations\""), sarif);
        assertTrue(sarif.contains("\"insertedContent\""), sarif);
    }
}
