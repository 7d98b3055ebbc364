package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.Program;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.tensor.Tensor;

/// `nn convert`, and what reads what it wrote: `nn run`, `nn compile`, `nn train --from`, and the Java API.
class ConvertTest {
    @TempDir
    private static Path folder;

    private static Path best = Path.of("");
    private static Path digits = Path.of("");
    private static byte[] before = {};

    @BeforeAll
    static void train() throws IOException {
        digits = Repository.sample("digits/digits.nn");
        Answer.good("train", digits, "--epochs", 6, "--output", folder);
        best = folder.resolve("out/digits/best.safetensors");
        before = Files.readAllBytes(best);
    }

    private static Path converted(String dtype, String name) {
        Path file = folder.resolve(name + ".safetensors");
        Answer.good("convert", best, "-o", file, "--dtype", dtype);
        return file;
    }

    /// Scores of the examples, by the Java API.
    private static float[] scores(Path checkpoint) throws IOException {
        return Program.load(digits).model("Reader", checkpoint).predict(Map.of("image", images())).values().iterator()
                .next().floats();
    }

    private static List<String> rows() throws IOException {
        return Files.readAllLines(digits.resolveSibling("digits8x8.csv"));
    }

    private static Tensor images() throws IOException {
        List<String> rows = rows();
        float[] pixels = new float[64 * rows.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Float.parseFloat(rows.get(i / 64).split(",", -1)[i % 64]);
        }
        return Tensor.of(pixels, rows.size(), 8, 8);
    }

    private static double accuracy(float[] scores) throws IOException {
        int[] labels =
                rows().stream().mapToInt(row -> Integer.parseInt(row.substring(row.lastIndexOf(',') + 1))).toArray();
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            float[] own = Arrays.copyOfRange(scores, 10 * i, 10 * i + 10);
            int chosen = 0;
            for (int j = 1; j < 10; j++) {
                chosen = own[j] > own[chosen] ? j : chosen;
            }
            right += chosen == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }

    /// Sizes: six tensors, of which three are matrices of 25,856 weights together, and the bytes of the header.
    @ParameterizedTest
    @CsvSource({"f16, 0.002, 2", "bf16, 0.02, 2", "i8, 0.03, 1"})
    void digitsAreToldApartAsWell(String dtype, double error, int width) throws IOException {
        Path small = converted(dtype, dtype);
        float[] exact = scores(best);
        float[] found = scores(small);
        float scale = 0;
        float worst = 0;
        for (int i = 0; i < exact.length; i++) {
            scale = Math.max(scale, Math.abs(exact[i]));
            worst = Math.max(worst, Math.abs(exact[i] - found[i]));
        }
        assertTrue(worst > 0 && worst < error * scale, worst / scale + " of the greatest score");
        assertEquals(accuracy(exact), accuracy(found), 0.002);
        long saved = Files.size(best) - Files.size(small);
        int weights = 64 * 128 + 128 * 128 + 128 * 10;
        assertTrue(Math.abs(weights * (4L - width) - saved) <= (width == 1 ? 2000 : 64), saved + " bytes less");
        assertArrayEquals(before, Files.readAllBytes(best));

        // `nn run` computes what the API computes.
        Path input = folder.resolve("one.csv");
        Files.write(input, rows().stream().limit(5).map(row -> row.substring(0, row.lastIndexOf(','))).toList());
        Answer run = Answer.good("run", digits, "--checkpoint", small, "--input", input, "--classes");
        Answer same = Answer.good("run", digits, "--checkpoint", best, "--input", input, "--classes");
        assertEquals(same.out(), run.out());

        // So does what is shipped, in as few bytes.
        Path shipped = folder.resolve("shipped-" + dtype);
        Answer.good("compile", digits, "--checkpoint", small, "--output", shipped);
        Path weightsThere = shipped.resolve("META-INF/nnlang/models/Reader.safetensors");
        assertTrue(Files.size(weightsThere) < weights * width + 4000, Files.size(weightsThere) + " bytes");
        assertEquals(
                Checkpoint.read(small).tensors().get("net.dense.W"),
                Checkpoint.read(weightsThere).tensors().get("dense.W"));
    }

    @Test
    void aTrainingBeginsWithThem() throws IOException {
        Path small = converted("i8", "begin");
        Answer begun =
                Answer.good("train", digits, "--from", small, "--epochs", 1, "--output", folder.resolve("begun"));
        assertTrue(begun.out().contains("epoch 1 "), begun.out());
        // After one epoch of a training that begins anew it is worse.
        Answer anew = Answer.good("train", digits, "--epochs", 1, "--output", folder.resolve("anew"));
        assertTrue(loss(begun) < 0.7 * loss(anew), begun.out() + anew.out());
        Answer resumed = Answer.to("train", digits, "--resume", small, "--epochs", 7, "--output", folder);
        assertEquals(1, resumed.exit());
        assertTrue(resumed.err().contains("error[NN0805]"), resumed.err());
    }

    private static double loss(Answer training) {
        String line = training.lines("epoch 1 ").getFirst();
        return Double.parseDouble(line.replaceAll("^epoch 1 +loss +([0-9.e-]+).*", "$1"));
    }

    /// A file to resume from holds the optimizer's memory as well, which no model needs.
    @Test
    void whatOnlyTheTrainingNeedsIsLeftOut() throws IOException {
        Path small = folder.resolve("last-f16.safetensors");
        Answer.good("convert", folder.resolve("out/digits/last.safetensors"), "-o", small, "--dtype", "f16");
        Checkpoint checkpoint = Checkpoint.read(small);
        assertEquals(Checkpoint.read(best).tensors().keySet(), checkpoint.tensors().keySet());
        assertFalse(checkpoint.metadata().containsKey("state"));
        // What is asked for twice is the same; and f32 again is what was read.
        Path wide = folder.resolve("wide.safetensors");
        Answer.good("convert", small, "-o", wide, "--dtype", "f32");
        assertEquals(checkpoint.tensors(), Checkpoint.read(wide).tensors());
        Path again = folder.resolve("again.safetensors");
        Answer.good("convert", wide, "-o", again, "--dtype", "f16");
        assertEquals(-1, Files.mismatch(small, again));
    }

    @Test
    void namesChange() throws IOException {
        Path file = folder.resolve("renamed.safetensors");
        Answer.good("convert", best, "-o", file, "--rename", "net.dense.*=net.first.*", "--rename",
                "net.dense2.W=net.W2");
        assertEquals(
                List.of("net.W2", "net.dense2.b", "net.dense3.W", "net.dense3.b", "net.first.W", "net.first.b"),
                List.copyOf(Checkpoint.read(file).tensors().keySet()));
        assertTrue(Math.abs(Files.size(best) - Files.size(file)) <= 64);
    }

    @Test
    void mistakes() throws IOException {
        Path there = converted("f16", "there");
        byte[] kept = Files.readAllBytes(there);
        byte[] cut = Arrays.copyOf(before, before.length / 2);
        Files.write(folder.resolve("cut.safetensors"), cut);
        var said = new StringBuilder();
        for (List<Object> arguments : List.<List<Object>>of(
                List.of(best, "-o", there, "--dtype", "i8"),
                List.of(best, "-o", best, "--dtype", "i8", "--force"),
                List.of(best, "-o", folder.resolve("x"), "--dtype", "i4"),
                List.of(best, "-o", folder.resolve("x")),
                List.of(best, "-o", folder.resolve("x"), "--rename", "net.dense.w=net.fc.W"),
                List.of(best, "-o", folder.resolve("x"), "--rename", "*=W"),
                List.of(folder.resolve("cut.safetensors"), "-o", folder.resolve("x"), "--dtype", "i8"),
                List.of(digits, "-o", folder.resolve("x"), "--dtype", "i8"),
                List.of(folder.resolve("out/digits/bets.safetensors"), "-o", folder.resolve("x"), "--dtype", "i8"),
                List.of(best, "-o", folder.resolve("out"), "--dtype", "i8"))) {
            var command = Stream.concat(Stream.of("convert"), arguments.stream()).toArray();
            Answer answer = Answer.to(command);
            assertTrue(answer.exit() != 0, Arrays.toString(command));
            assertEquals("", answer.out());
            said.append(answer.err()).append('\n');
        }
        Expected.assertIs(
                "mistakes/convert",
                said.toString().replace(folder.toString(), "FOLDER").replace(digits.toString(), "digits.nn"));
        assertArrayEquals(before, Files.readAllBytes(best));
        assertArrayEquals(kept, Files.readAllBytes(there));
        assertFalse(Files.exists(folder.resolve("x")));
        Answer.good("convert", best, "-o", there, "--dtype", "i8", "--force");
        assertTrue(Files.size(there) < kept.length);
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")));
        }
    }
}
