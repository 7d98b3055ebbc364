package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

class PredictionsTest {
    @TempDir
    private Path folder;

    private static Map<String, Tensor> outputs() {
        var outputs = new LinkedHashMap<String, Tensor>();
        outputs.put("p", Tensor.of(new float[] {0.25f, 1e-9f, Float.NaN, 4}, 2, 2));
        outputs.put("label", Tensor.of(new int[] {3, -1}, 2));
        outputs.put("sure", Tensor.of(DType.BOOL, new int[] {1, 0}, 2));
        return outputs;
    }

    private String written(String name, Map<String, Tensor> outputs) throws IOException {
        new Predictions(outputs).write(folder.resolve(name));
        return Files.readString(folder.resolve(name));
    }

    @Test
    void csvHasOneColumnANumber() throws IOException {
        assertEquals("p[0],p[1],label,sure\n0.25,1.0E-9,3,1\nNaN,4.0,-1,0\n", written("o.csv", outputs()));
    }

    @Test
    void jsonHasOneObjectAnExample() throws IOException {
        assertEquals(
                "[\n{\"p\":[0.25,1.0E-9],\"label\":3,\"sure\":true},\n{\"p\":[null,4.0],\"label\":-1,\"sure\":false}\n]\n",
                written("o.json", outputs()));
    }

    @Test
    void examplesOfUnequalSizesHaveEmptyCells() throws IOException {
        List<Tensor> tensors = List.of(Tensor.of(new int[] {1, 0, 1}, 3), Tensor.of(new int[] {0}, 1));
        var predictions = new Predictions.Builder().tensors("tag", tensors, List.of("N", "V"))
                .texts("text", List.of("V N, V", "")).build();
        predictions.write(folder.resolve("o.csv"));
        assertEquals(
                "tag[0],tag[1],tag[2],text\nV,N,V,\"V N, V\"\nN,,,\"\"\n", Files.readString(folder.resolve("o.csv")));
        predictions.write(folder.resolve("o.json"));
        assertEquals(
                "[\n{\"tag\":[\"V\",\"N\",\"V\"],\"text\":\"V N, V\"},\n{\"tag\":[\"N\"],\"text\":\"\"}\n]\n",
                Files.readString(folder.resolve("o.json")));
        var numbers = new Predictions.Builder().tensors("tag", tensors, List.of()).build();
        numbers.write(folder.resolve("n.csv"));
        assertEquals("tag[0],tag[1],tag[2]\n1,0,1\n0,,\n", Files.readString(folder.resolve("n.csv")));
        assertEquals(
                "NN0718",
                assertThrows(NnException.class, () -> numbers.write(folder.resolve("o.npy"))).code());
        new Predictions.Builder().tensors("x", List.of(tensors.getFirst(), tensors.getFirst()), List.of()).build()
                .write(folder.resolve("equal.npy"));
        assertEquals(
                "[x: i32[3]]",
                new TempData(folder).open(TempData.source("npy", "path", "equal.npy")).header().fields().toString());
    }

    @Test
    void npyReadsBack() {
        var images = Tensor.of(DType.U8, new int[] {0, 255, 7, 8, 9, 10}, 3, 2);
        new Predictions(Map.of("x", images)).write(folder.resolve("x.npy"));
        Dataset back = new TempData(folder).open(TempData.source("npy", "path", "x.npy"));
        assertEquals("[x: u8[2]]", back.header().fields().toString());
        assertArrayEquals(new int[] {0, 255}, TempData.ints(back, 0, 0));
        new Predictions(Map.of("x", Tensor.of(new float[] {1.5f, 2}, 2))).write(folder.resolve("y.npy"));
        assertArrayEquals(
                new float[] {2},
                TempData.floats(new TempData(folder).open(TempData.source("npy", "path", "y.npy")), 1, 0));
    }

    @Test
    void whatCannotBeWrittenIsOneClearErrorAndLeavesNothing() throws IOException {
        assertEquals("NN0718", code("o.txt"));
        assertEquals("NN0718", code("o.npy"));
        assertEquals(List.of(), names());
        new Predictions(outputs()).write(folder.resolve("new/o.csv"));
        assertEquals("NN0718", code("new/o.csv/below.csv"));
        assertEquals(List.of("new"), names());
        assertThrows(IllegalArgumentException.class, () -> new Predictions(Map.of("x", Tensor.scalar(1))));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private String code(String name) {
        return assertThrows(NnException.class, () -> new Predictions(outputs()).write(folder.resolve(name)))
                .code();
    }
}
