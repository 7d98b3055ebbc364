package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a script learns from a session.
class ReplOnAPipeTest {
    private static Answer entered(String lines) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        try {
            return Answer.to("repl", "--threads", 1);
        } finally {
            System.setIn(before);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "0 |",
        "0 | 1 + 1",
        "0 | test \"t\" { assert 1 < 2 }",
        "0 | :type relu",
        "1 | 1 +",
        "1 | no_such_name",
        "1 | [1.0, 2.0] @ [1.0, 2.0, 3.0]",
        "1 | test \"t\" { assert 1 > 2 }",
        "1 | i32([7.0])[[9]]",
        "1 | :load no.nn",
        "1 | :tpye 3",
        "1 | :doc no_such_name",
        "1 | :type",
        "1 | :plot 3",
    })
    void theStatusTellsWhetherAllWasCarriedOut(int status, String entry) {
        Answer answer = entered(entry == null ? "" : entry + "\n");
        assertEquals(status, answer.exit(), answer::toString);
    }

    @Test
    void wordsOfOtherShellsAreCommandsUnlessTheyAreNames() {
        assertEquals(new Answer(0, "Int = 1\n", ""), entered("1\nexit()\n2\n"));
        assertEquals(entered(":help\n"), entered("help\nquit\n"));
        assertTrue(entered("val help = 3\nhelp\n").out().endsWith("\nInt = 3\n"));
    }

    @Test
    void whatFollowsAMistakeIsCarriedOut() {
        Answer answer = entered("no_such_name\n1 + 1\n");
        assertEquals(1, answer.exit());
        assertTrue(answer.out().endsWith("\nInt = 2\n"), answer::out);
    }
}
