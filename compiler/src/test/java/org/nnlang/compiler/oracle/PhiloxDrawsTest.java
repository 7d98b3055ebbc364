package org.nnlang.compiler.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.Form.Distribution;
import org.nnlang.runtime.kernel.Philox;
import org.nnlang.runtime.kernel.Team;

class PhiloxDrawsTest {
    @Test
    void theyAreThoseOfTheRuntime() {
        try (var team = Team.of(1)) {
            var floats = new float[10];
            Philox.normal(team, Philox.key(7, 42), 0, 3, floats, 0, 10);
            var expected = new double[10];
            Arrays.setAll(expected, i -> floats[i]);
            assertArrayEquals(expected, new PhiloxDraws(team, 7, 3).draw(Distribution.NORMAL, 42, 10));
        }
    }

    @Test
    void seedStreamAndStepTellThemApart() {
        try (var team = Team.of(1)) {
            var draws = new PhiloxDraws(team, 7, 3).draw(Distribution.UNIFORM, 42, 1000);
            assertArrayEquals(draws, new PhiloxDraws(team, 7, 3).draw(Distribution.UNIFORM, 42, 1000));
            assertFalse(Arrays.equals(draws, new PhiloxDraws(team, 8, 3).draw(Distribution.UNIFORM, 42, 1000)));
            assertFalse(Arrays.equals(draws, new PhiloxDraws(team, 7, 4).draw(Distribution.UNIFORM, 42, 1000)));
            assertFalse(Arrays.equals(draws, new PhiloxDraws(team, 7, 3).draw(Distribution.UNIFORM, 43, 1000)));
            assertTrue(Arrays.stream(draws).allMatch(draw -> draw >= 0 && draw < 1));
            assertEquals(0.5, Arrays.stream(draws).average().orElseThrow(), 0.05);
        }
    }
}
