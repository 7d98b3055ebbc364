package org.nnlang.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nnlang.opencl.code.Shape;
import org.nnlang.opencl.code.Tiling;

/// How matrix products and convolutions are best cut on a device, as was measured: a file for each device with its driver, and for what the
/// kernels are made of.
final class KeptTilings {
    private final @Nullable Path file;

    /// @param folder of the cache, or null where nothing is kept
    /// @param machine what measurements depend on
    KeptTilings(@Nullable Path folder, String machine) {
        file = folder == null
                ? null
                : folder.resolve(
                        "tilings-" + HexFormat.of().formatHex(
                                KeptFile.hash(machine.getBytes(StandardCharsets.UTF_8)), 0, 16));
    }

    /// All that was kept; nothing where the file is damaged.
    Map<Shape, Tiling> read() {
        Map<Shape, Tiling> all = new HashMap<>();
        byte[] content = file == null ? null : KeptFile.read(file);
        if (content != null) {
            new String(content, StandardCharsets.UTF_8).lines().forEach(line -> {
                int colon = line.indexOf(": ");
                Shape shape = colon < 0 ? null : Shape.parse(line.substring(0, colon));
                Tiling tiling = colon < 0 ? null : Tiling.parse(line.substring(colon + 2));
                if (shape != null && tiling != null) {
                    all.put(shape, tiling);
                }
            });
        }
        return all;
    }

    /// Adds to what is kept, also to what another process kept meanwhile. A cache that cannot be written is no reason to stop.
    void add(Map<Shape, Tiling> more) {
        if (file == null || more.isEmpty()) {
            return;
        }
        Map<String, String> lines = new TreeMap<>();
        read().forEach((shape, tiling) -> lines.put(shape.toString(), tiling.toString()));
        more.forEach((shape, tiling) -> lines.put(shape.toString(), tiling.toString()));
        var text = new StringBuilder();
        lines.forEach((shape, tiling) -> text.append(shape).append(": ").append(tiling).append('\n'));
        try {
            KeptFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.getLogger(KeptTilings.class.getName()).log(System.Logger.Level.DEBUG, "cannot keep " + file, e);
        }
    }
}
