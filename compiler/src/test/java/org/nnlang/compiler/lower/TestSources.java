package org.nnlang.compiler.lower;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.tensor.DType;

/// The standard library from its folder, other files from memory, and data that exist as headers alone: `csv` has four
/// features and a label, `idx` images and labels in two parts, `chars` and `bpe` windows of a text of 60 tokens, `pairs` and
/// `texts` sequences of free length. Host code brings the operations of [TestOperations].
public final class TestSources implements Sources {
    private static final Map<String, Optional<SourceFile>> MODULES = new ConcurrentHashMap<>();

    private final Map<String, SourceFile> files = new HashMap<>();

    public TestSources(List<SourceFile> others) {
        others.forEach(file -> files.put(file.name(), file));
    }

    /// Each is read from its file once.
    @Override
    public Optional<SourceFile> module(String name) {
        return MODULES.computeIfAbsent(name, TestSources::read);
    }

    private static Optional<SourceFile> read(String name) {
        Path path = Snapshots.root()
                .resolveSibling("stdlib/src/main/resources/META-INF/nnlang")
                .resolve(name.replace('.', '/') + ".nn");
        try {
            return Files.exists(path)
                    ? Optional.of(new SourceFile(name.replace('.', '/') + ".nn", Files.readString(path)))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        return Optional.ofNullable(files.get(path.replaceFirst("^\\./", "")));
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return switch (expression) {
            case DataExpression.Source(String reader, Map<String, Object> arguments) -> source(reader, arguments);
            case DataExpression.Part(DataExpression of, String _) -> header(of).withoutParts();
            case DataExpression.Cut cut -> header(cut.of());
            case DataExpression.Shuffle shuffle -> header(shuffle.of());
            case DataExpression.Treatment treatment -> header(treatment.of());
            case DataExpression.Take take -> header(take.of());
        };
    }

    @Override
    public Operations operations() {
        return TestOperations.ALL;
    }

    private static DataHeader.Field sequence(String name, String dimension) {
        return new DataHeader.Field(
                name, DType.I32, List.of(40), List.of(), List.of(), List.of(dimension), null,
                null);
    }

    private static DataHeader source(String reader, Map<String, Object> arguments) {
        if (String.valueOf(arguments.get("path")).startsWith("missing")) {
            throw new NnException(
                    "NN0701", "there is no file `" + arguments.get("path") + "`", "paths are relative to the program");
        }
        var label = new DataHeader.Field("label", DType.I32, List.of());
        return switch (reader) {
            case "idx", "images" ->
                new DataHeader(
                        List.of(new DataHeader.Field("image", DType.U8, List.of(28, 28)), label),
                        1000,
                        List.of("train", "test"),
                        Map.of("classes", 10L));
            case "pairs" ->
                new DataHeader(
                        List.of(sequence("source", "source_length"), sequence("target", "target_length")),
                        1000,
                        List.of("train", "held_out"),
                        Map.of("source_vocabulary", 30L, "target_vocabulary", 50L, "pad", 0L, "begin", 1L, "end", 2L,
                                "unknown", 3L, "mask", 4L));
            case "texts" ->
                new DataHeader(
                        List.of(
                                arguments.get("length") instanceof Long length
                                        ? new DataHeader.Field("text", DType.I32, List.of(length.intValue()))
                                        : sequence("text", "length"),
                                label),
                        1000,
                        List.of("train", "held_out"),
                        Map.of("vocabulary", 60L, "classes", 2L, "pad", 0L, "begin", 1L, "end", 2L, "unknown", 3L,
                                "mask", 4L));
            case "chars", "bpe" ->
                new DataHeader(
                        List.of(
                                new DataHeader.Field("x", DType.I32, List.of(16)),
                                new DataHeader.Field("y", DType.I32, List.of(16))),
                        1000,
                        List.of("train", "held_out"),
                        Map.of("vocabulary", 60L));
            case "series" ->
                new DataHeader(
                        List.of(
                                new DataHeader.Field("x", DType.F32, List.of(24)),
                                new DataHeader.Field("y", DType.F32, List.of(1))),
                        100,
                        List.of("train", "held_out"),
                        Map.of());
            case "npy" ->
                new DataHeader(List.of(new DataHeader.Field("x", DType.F32, List.of(4))), 100, List.of(), Map.of());
            default ->
                new DataHeader(
                        List.of(new DataHeader.Field("features", DType.F32, List.of(4)), label),
                        150,
                        List.of(),
                        Map.of("classes", 3L));
        };
    }
}
