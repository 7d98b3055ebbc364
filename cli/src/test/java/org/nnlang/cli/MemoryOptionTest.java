package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--memory`, from too little to enough.
class MemoryOptionTest {
    private static final String PROGRAM = """
            model Deep()(x: f32[b, 4]) -> f32[b, 3] {
                var h = x |> Dense(32, tanh)
                for (i in 0..<12) { h = h |> Dense(32, tanh) |> Dropout(0.1) }
                h |> Dense(3)
            }

            train Species(flowers: Data = csv("iris.csv", label = "species"), epochs: Int = 2, batch: Int = 150) {
                val net = Deep()
                step (features, label) in flowers { minimize cross_entropy(net(features), label) with Adam(1e-2) }
            }
            """;

    @TempDir
    private Path folder;

    private Path program = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv");
        program = Files.writeString(folder.resolve("deep.nn"), PROGRAM);
    }

    @Test
    void theLeastThatIsToldIsEnoughAndTrainsTheSame() {
        Answer refused = Answer.to("train", program, "--memory", "1KB");
        assertTrue(refused.err().startsWith("error[NN0814]: `train Species` needs at least "), refused::err);
        Matcher least = Pattern.compile("--memory ([0-9.]+[KM]B)").matcher(refused.err());
        assertTrue(least.find(), refused::err);
        Answer tight = Answer.good("train", program, "--memory", least.group(1), "--json");
        Answer free = Answer.good("train", program, "--json");
        assertEquals(
                free.objects().getLast().get("train").get("loss").decimal(),
                tight.objects().getLast().get("train").get("loss").decimal());
        Answer told = Answer.good("explain", program, "--memory", least.group(1));
        assertTrue(told.out().contains(" values are computed again, "), told::out);
        assertTrue(Answer.good("explain", program, "--memory", "1 GB").out().contains("nothing is computed again"));
    }

    @Test
    void aSizeIsANumberAndAUnit() {
        Answer answer = Answer.to("train", program, "--memory", "plenty");
        assertTrue(answer.err().contains("`plenty` is no size: write 200MB or 1.5GB"), answer::err);
        Answer small = Answer.to("train", program, "--memory", "2KiB");
        assertTrue(small.err().contains("NN0814"), small::err);
    }
}
