package org.nnlang.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.maven.plugin.MojoExecutionException;
import org.junit.jupiter.api.Test;
import org.nnlang.maven.NnMojo.Answer;

class CheckMojoTest {
    @Test
    void anAnswerIsJson() throws MojoExecutionException {
        assertEquals(1, CheckMojo.json(new Answer(0, "{\"classes\": 1}")).get("classes").getAsInt());
    }

    /** Maven prints a cause behind the message. */
    @Test
    void whereNnHasToldWhatIsWrongNothingIsAdded() {
        MojoExecutionException failure = assertThrows(
                MojoExecutionException.class, () -> CheckMojo.json(new Answer(1, "\n")));
        assertEquals("nn ended with 1; what it said stands above", failure.getMessage());
        assertNull(failure.getCause());
    }
}
