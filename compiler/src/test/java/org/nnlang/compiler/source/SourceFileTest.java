package org.nnlang.compiler.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SourceFileTest {
    @Test
    void linesEndInThreeWays() {
        SourceFile file = new SourceFile("a.nn", "a\r\nb\rc\nd");
        assertEquals(4, file.lineCount());
        assertEquals("a", file.lineText(1));
        assertEquals("b", file.lineText(2));
        assertEquals("c", file.lineText(3));
        assertEquals("d", file.lineText(4));
        assertEquals(1, file.line(2));
        assertEquals(2, file.line(3));
        assertEquals(4, file.line(8));
    }

    @Test
    void columnsCountCodePoints() {
        SourceFile file = new SourceFile("a.nn", "x\n𝛼 = y\n");
        Span y = file.span(file.text().indexOf('y'), file.text().indexOf('y') + 1);
        assertEquals("a.nn:2:5", y.toString());
        assertEquals("y", y.text());
    }

    @Test
    void spansJoin() {
        SourceFile file = new SourceFile("a.nn", "one two\nthree");
        Span one = file.span(0, 3);
        Span three = file.span(8, 13);
        assertEquals("one two\nthree", three.to(one).text());
        assertEquals(2, three.to(one).endLine());
        assertEquals(1, file.span(0, 8).endLine());
    }
}
