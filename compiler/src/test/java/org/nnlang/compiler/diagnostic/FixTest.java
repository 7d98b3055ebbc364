package org.nnlang.compiler.diagnostic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.source.SourceFile;

class FixTest {
    private final SourceFile file = new SourceFile("a.nn", "val a  = f(x) ** 2");

    @Test
    void editsAreDoneAtOnceInWhateverOrderTheyAreGiven() {
        var fix = new Fix("two", List.of(new Edit(file.span(14, 16), "^"), new Edit(file.span(9, 9), "g(")));
        assertEquals("val a  = g(f(x) ^ 2", fix.text());
        assertEquals(4, fix.after(4));
        assertEquals(9, fix.after(9));
        assertEquals(12, fix.after(10));
        assertEquals(16, fix.after(14));
        assertEquals(16, fix.after(15));
        assertEquals(17, fix.after(16));
        assertEquals(18, fix.after(17));
    }

    @Test
    void whatIsLeftOutTakesItsBlanksAlong() {
        Fix fix = Fix.leaveOut(file.span(4, 5));
        assertEquals("leave `a` out", fix.title());
        assertEquals("val = f(x) ** 2", fix.text());
        assertEquals("val a  = h(f(x)) ** 2", Fix.call(file.span(9, 13), "h").text());
        assertEquals("val a  = f(x, ) ** 2", Fix.add(file.span(11, 12), ", ").text());
    }

    @Test
    void editsDoNotOverlapAndBelongToOneFile() {
        var one = new Edit(file.span(0, 5), "");
        assertThrows(IllegalArgumentException.class, () -> new Fix("none", List.of()));
        assertThrows(IllegalArgumentException.class,
                () -> new Fix("twice", List.of(one, new Edit(file.span(4, 6), ""))));
        assertThrows(IllegalArgumentException.class,
                () -> new Fix("two files",
                        List.of(one, new Edit(new SourceFile("b.nn", "0123456789").span(6, 7), ""))));
    }
}
