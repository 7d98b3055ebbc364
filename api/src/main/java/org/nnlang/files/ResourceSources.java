package org.nnlang.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;

/// Answers from the class path: imported files lie beside the file that imports them. Paths of data are those of files,
/// from the current folder.
public final class ResourceSources implements ProgramSources {
    private final ClassLoader loader;
    private final DataSources data = new DataSources(Path.of(""));
    private final Map<String, Optional<SourceFile>> files = new HashMap<>();
    private final Map<String, Optional<SourceFile>> modules = new HashMap<>();

    /// @param loader sees the files
    public ResourceSources(ClassLoader loader) {
        this.loader = loader;
    }

    /// The text of a program.
    ///
    /// @param name with slashes: `com/example/digits.nn`
    /// @throws NnException NN0851 where there is none
    public SourceFile program(String name) {
        return load(name).orElseThrow(() -> new NnException(
                "NN0851",
                "there is no " + name + " on the class path",
                "a name counts from the root of the class path, with slashes: com/example/digits.nn"));
    }

    @Override
    public DataSources data() {
        return data;
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return modules.computeIfAbsent(name, ProgramSources::library);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        var folders = new ArrayDeque<String>();
        String name = importer.name();
        for (String step : (name.substring(0, name.lastIndexOf('/') + 1) + path).split("/", -1)) {
            if (step.equals("..") && !folders.isEmpty()) {
                folders.removeLast();
            } else if (!step.equals(".") && !step.isEmpty()) {
                folders.add(step);
            }
        }
        return load(String.join("/", folders));
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return data.header(expression);
    }

    private Optional<SourceFile> load(String name) {
        return files.computeIfAbsent(name, key -> {
            try (InputStream text = loader.getResourceAsStream(key)) {
                return text == null
                        ? Optional.empty()
                        : Optional.of(new SourceFile(key, new String(text.readAllBytes(), StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new NnException("NN0851", key + " can't be read: " + e.getMessage(), "", e);
            }
        });
    }
}
