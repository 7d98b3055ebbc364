package org.nnlang.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;

class ParserTest {
    private static Parsed parse(String text) {
        return Parser.parse(new SourceFile("test.nn", text));
    }

    private static List<Code> codes(String text) {
        return parse(text).diagnostics().sorted().stream().map(Diagnostic::code).toList();
    }

    @Test
    void lineEndingsDoNotMatter() {
        String text = "fun f(x: f32[n]) -> f32[n] {\n    val y = x\n    y y\n}\n";
        for (String ending : List.of("\n", "\r\n", "\r")) {
            Parsed parsed = parse(text.replace("\n", ending));
            assertEquals(1, parsed.diagnostics().size());
            assertEquals("test.nn:3:7", parsed.diagnostics().sorted().getFirst().primary().toString());
            assertEquals(SyntaxPrinter.print(parse(text).module()), SyntaxPrinter.print(parsed.module()));
        }
    }

    @Test
    void theLastLineNeedsNoEnding() {
        assertEquals(List.of(), codes("val a = 1"));
        assertEquals(List.of(), codes("fun f() -> Int { 1 }"));
        assertEquals(List.of(), codes("// only a comment"));
        assertEquals(List.of(Code.MISSING_EXPRESSION), codes("val a ="));
        assertEquals(List.of(Code.UNCLOSED_BRACKET), codes("val a = (1"));
        assertEquals(List.of(Code.UNCLOSED_STRING), codes("val a = \"1"));
    }

    @Test
    void aLambdasBodyMayBeginOnTheNextLine() {
        String body = "val y = x\n    for (i in 0..<3) { f(i) }\n    y\n";
        String first = SyntaxPrinter.print(parse("val a = f { x -> " + body + "}\n").module());
        assertEquals(first, SyntaxPrinter.print(parse("val a = f { x ->\n    " + body + "}\n").module()));
        assertEquals(List.of(), codes("val a = f { x ->\n\n    // why\n    val y = x\n    y\n}\n"));
        assertEquals(List.of(), codes("val a = f { ->\n    require true : \"why\"\n    3\n}\n"));
    }

    @Test
    void spansCoverWhatWasWritten() {
        Parsed parsed = parse("val 𝛼 = (a + b) * \"𝛽$c\"  // end\n");
        Declaration.Constant constant = assertInstanceOf(Declaration.Constant.class,
                parsed.module().declarations().getFirst());
        assertEquals("𝛼", constant.name().span().text());
        assertEquals("val 𝛼 = (a + b) * \"𝛽$c\"", constant.span().text());
        Expression.Binary product = assertInstanceOf(Expression.Binary.class, constant.value());
        assertEquals("(a + b) * \"𝛽$c\"", product.span().text());
        assertEquals("*", product.operatorSpan().text());
        assertEquals("a + b", product.left().span().text());
        Expression.StringTemplate text = assertInstanceOf(Expression.StringTemplate.class, product.right());
        assertNull(text.plain());
        assertEquals("$c", text.parts().getLast().span().text());
    }

    @Test
    void longChainsAndDeepNestingAreRefusedNotCrashedOn() {
        assertEquals(List.of(), codes("val x = 1" + " + 1".repeat(900)));
        assertEquals(List.of(Code.NESTED_TOO_DEEPLY), codes("val x = 1" + " + 1".repeat(2000)));
        assertEquals(List.of(Code.NESTED_TOO_DEEPLY), codes("val x = " + "-".repeat(200_000) + "1"));
        assertEquals(List.of(Code.NESTED_TOO_DEEPLY), codes("val x = " + "[".repeat(5000) + "]".repeat(5000)));
        assertEquals(List.of(), codes("val x = [" + "1, ".repeat(20_000) + "1]"));
    }

    /// Deletes and doubles every token of every program: one mistake gives one error, nearly always, and its message
    /// can be shown.
    @Test
    void oneMistakeGivesOneError() throws IOException {
        int one = 0;
        int more = 0;
        for (Path program : ProgramsTest.programs()) {
            String text = Files.readString(program);
            for (Token token : visible(text)) {
                String before = text.substring(0, token.getStartIndex());
                String after = text.substring(token.getStopIndex() + 1);
                for (String changed : List.of(before + " " + after,
                        before + token.getText() + " " + token.getText() + after)) {
                    List<Diagnostic> found = parse(changed).diagnostics().sorted();
                    new HumanRenderer(false).render(found);
                    one += found.size() == 1 ? 1 : 0;
                    more += found.size() > 1 ? 1 : 0;
                }
            }
        }
        assertTrue(one > 3000, "changes found: " + one);
        assertTrue(more < one / 50, more + " changes gave several errors, " + one + " gave one");
    }

    /// Every beginning of every program can be read: what an editor shows while somebody types.
    @Test
    void everyBeginningOfAProgramIsReadable() throws IOException {
        for (Path program : ProgramsTest.programs()) {
            String text = Files.readString(program);
            for (int end = 0; end < text.length(); end += 7) {
                Parsed parsed = parse(text.substring(0, end));
                new HumanRenderer(true).render(parsed.diagnostics().sorted());
                SyntaxPrinter.print(parsed.module());
            }
        }
    }

    private static List<Token> visible(String text) {
        NnLexer lexer = new NnLexer(CharStreams.fromString(text));
        List<Token> tokens = new ArrayList<>();
        for (Token token = lexer.nextToken(); token.getType() != Token.EOF; token = lexer.nextToken()) {
            if (token.getChannel() == Token.DEFAULT_CHANNEL && text.codePointCount(0, text.length()) == text.length()) {
                tokens.add(token);
            }
        }
        return tokens;
    }
}
