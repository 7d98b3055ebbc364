package org.nnlang.benchmarks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What `benchmarks/run` understands, and what it says to the rest.
class ArgumentsTest {
    @Test
    void nothingSaidIsEverythingWithOneThread() throws Arguments.Wrong {
        assertEquals(new Arguments(Arguments.WORKLOADS, List.of(1), false, false, "", 1), Arguments.of());
    }

    @Test
    void workloadsAddUpAndAreMeasuredOnce() throws Arguments.Wrong {
        assertEquals(
                new Arguments(List.of("W2", "W2t", "W7"), List.of(1, 2), false, true, "x", 0.5),
                Arguments.of(
                        "W2,W2t", "--threads", "1,2", "W7,W2", "--json", "--seconds", "0.5", "--filter", "x"));
    }

    @Test
    void whatIsWrongIsNamedWithAWayOut() {
        assertSaid("`W2t` is meant", "w2T");
        assertSaid("`--rivals` is meant", "rivals");
        assertSaid("There are W1, W2", "W9");
        assertSaid("`W2,` has a comma", "W2,");
        assertSaid("--threads needs a value behind it", "W2", "--threads");
        assertSaid("has the option --json behind it", "--threads", "--json");
        assertSaid("has `1,0`", "--threads", "1,0");
        assertSaid("has `two`", "--threads", "two");
        assertSaid("--threads 2", "--threads=2");
        assertSaid("above 0", "--seconds", "0.0");
        assertSaid("there is no option `--verbose`", "--verbose");
    }

    @Test
    void rivalsRunWhereTheirNativesDo() {
        assertDoesNotThrow(() -> Arguments.platform("Linux", "amd64"));
        assertThrows(Arguments.Wrong.class, () -> Arguments.platform("Linux", "aarch64"));
        assertThrows(Arguments.Wrong.class, () -> Arguments.platform("Mac OS X", "x86_64"));
    }

    private static void assertSaid(String part, String... arguments) {
        String message = assertThrows(Arguments.Wrong.class, () -> Arguments.of(arguments)).getMessage();
        assertTrue(message.contains(part), message);
    }
}
