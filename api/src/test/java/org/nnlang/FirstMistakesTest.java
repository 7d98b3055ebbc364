package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.tensor.Tensor;

/// What a Java developer gets wrong on the first day is told with a way out.
class FirstMistakesTest {
    private static final Program PROGRAM = Program.of(
            "model Iris()(features: f32[b, 4]) -> f32[b, 3] = features |> Dense(12, tanh) |> Dense(3)");

    private final Model iris = PROGRAM.model("Iris").untrained(1);

    @Test
    void aSizeIsWrong() {
        assertEquals(
                """
                error[NN0821]: the input `features` of `Iris` is f32[b, 4], and the tensor given is f32[1, 5]
                help: give a tensor of that type and shape; sizes that are names may be any, but the same wherever they stand""",
                message(Map.of("features", Tensor.of(new float[5], 1, 5))));
    }

    @Test
    void theBatchIsMissing() {
        assertEquals("""
                error[NN0821]: the input `features` of `Iris` is f32[b, 4], and the tensor given is f32[4]
                help: an axis is missing; a single example is a batch of one: Tensor.of(numbers, 1, 4)""",
                message(Map.of("features", Tensor.of(new float[4], 4))));
    }

    @Test
    void anInputIsMisspeltMissingOrNull() {
        assertEquals("""
                error[NN0820]: `Iris` has no input `feature`
                help: did you mean `features`?""", message(Map.of("feature", Tensor.of(new float[4], 1, 4))));
        assertEquals("""
                error[NN0820]: `Iris` needs its input `features`
                help: give it by its name: Map.of("features", tensor)""", message(Map.of()));
        Map<String, Tensor> none = new HashMap<>();
        none.put("features", null);
        assertEquals("""
                error[NN0820]: the input `features` of `Iris` is null
                help: give a tensor; one of no examples has a size of 0""", message(none));
    }

    @Test
    void aNameIsNull() {
        assertThrows(NullPointerException.class, () -> PROGRAM.model((String) null));
        assertThrows(NullPointerException.class, () -> PROGRAM.training(null));
    }

    @Test
    void nothingWasTrained(@TempDir Path folder) {
        String message = text(() -> PROGRAM.model("Iris").from(folder));
        assertTrue(message.startsWith("error[NN0801]: there is no checkpoint `" + folder), message);
        assertTrue(message.endsWith("help: was the model trained, and is the path relative to this folder?"), message);
    }

    private String message(Map<String, Tensor> inputs) {
        return text(() -> iris.predict(inputs));
    }

    private static String text(Executable mistake) {
        return assertThrows(NnException.class, mistake).toString();
    }
}
