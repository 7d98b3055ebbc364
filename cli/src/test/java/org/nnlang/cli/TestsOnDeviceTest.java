package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `nn test --device`.
class TestsOnDeviceTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void require() {
        OpenClDevice.require();
    }

    @Test
    void assertionsHoldThereAndFailThere() throws IOException {
        Path file = Files.writeString(folder.resolve("sums.nn"), """
                test "rows of a softmax sum to one" {
                    val x = f32([[1, 2, 3], [4, 0, -4]])
                    assert close(sum(softmax(x), axis = 1), [1, 1])
                }

                test "nothing is three" {
                    val x = f32([[1, 2], [3, 4]])
                    assert sum(x @ x) == 3
                }
                """);
        Answer here = Answer.to("test", file, "--device", "cpu");
        Answer there = Answer.to("test", file, "--device", OpenClDevice.NAME);
        assertEquals(here.exit(), there.exit(), there::err);
        assertEquals(here.out(), there.out());
        assertTrue(there.out().contains("1 passed, 1 failed"), there::out);
        assertTrue(there.out().contains("sum(x @ x) = f32[] {54.0}"), there::out);
    }
}
