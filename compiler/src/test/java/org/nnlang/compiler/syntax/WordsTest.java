package org.nnlang.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.syntax.Words.Kind;

class WordsTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "", "1 + 1", "val x = 3", "fun f(x: f32) -> f32 = x", "layer L()(x: f32[b, n]) -> f32[b, n] {\n    x\n}",
        "import \"a.nn\"", "train T() { }", "1 + }", "\"open", "\"${a", "x |> f // (", "model = 3",
        "if a { b } else { c }",
        "{ x -> x }", "test \"a\" { }", "// a remark\n1"})
    void isComplete(String text) {
        assertTrue(Words.of(text).isComplete());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1 +", "f(1,", "[1, 2", "val x =", "fun f(x: f32) -> f32", "fun f(x: f32) -> f32 =", "layer L()(x: f32[b, n])",
        "train T() {\n    step {\n    }", "@kernel(\"a\")", "/// documented", "x |>", "!", "{ x ->", "test \"a\"",
        "if a { b } else"})
    void isNotComplete(String text) {
        assertFalse(Words.of(text).isComplete());
    }

    @Test
    void someLinesGoOnWithTheOneAbove() {
        assertTrue(List.of("  |> relu", ".x", "else { 1 }", "-> f32", "with Adam()", "every 2").stream()
                .allMatch(Words::goesOn));
        assertTrue(List.of("x", "-1", "", "val y = 3", "(a)", "clip(x)", "over = 3").stream().noneMatch(Words::goesOn));
    }

    @Test
    void wordsAreThoseOfTheLexer() {
        var text = "val 𝛼 = \"a $b\" + 3.5 // 𝛽";
        List<Words.Word> words = Words.of(text).all();
        assertEquals("val", text.substring(words.getFirst().start(), words.getFirst().end()));
        assertEquals(Kind.KEYWORD, words.getFirst().kind());
        assertEquals("𝛼", text.substring(words.get(1).start(), words.get(1).end()));
        assertEquals(Kind.NAME, words.get(1).kind());
        assertEquals("// 𝛽", text.substring(words.getLast().start(), words.getLast().end()));
        assertEquals(Kind.COMMENT, words.getLast().kind());
        assertEquals(Map.of("𝛼", 1L, "b", 1L), Words.of(text).names());
    }
}
