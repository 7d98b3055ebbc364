package org.nnlang.lsp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.nnlang.cache.ProgramCache;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.file.Replacement;
import org.nnlang.stdlib.StandardLibrary;

/// The standard library and the pages of errors as files that an editor can open. They lie in jars, and are written to the user's cache
/// when somebody wants to see them: read-only, each into a folder that is called after its contents, so that versions of nn never
/// disagree about a file.
final class Library {
    private final @Nullable Path folder;

    private Library(@Nullable Path folder) {
        this.folder = folder;
    }

    /// In the user's cache, or for as long as the process lives where there is none.
    static Library standard() {
        Path cache = ProgramCache.standard().folder();
        if (cache != null) {
            return in(cache.resolve("library"));
        }
        try {
            Path made = Files.createTempDirectory("nn-library");
            made.toFile().deleteOnExit();
            return in(made);
        } catch (IOException _) {
            return new Library(null);
        }
    }

    static Library in(Path folder) {
        return new Library(folder.toAbsolutePath().normalize());
    }

    /// Whether a file is one of the standard library, as the compiler reads it.
    static boolean holds(SourceFile file) {
        return file.name().startsWith("std/");
    }

    /// Whether a path is one of those that are written here.
    boolean holds(Path path) {
        return folder != null && path.startsWith(folder);
    }

    /// Where a file of the standard library can be opened; null where nothing can be written.
    @Nullable
    Path path(SourceFile file) {
        return StandardLibrary.text(file.name().replaceFirst("\\.nn$", "").replace('/', '.'))
                .map(text -> written(file.name(), text))
                .orElse(null);
    }

    /// Where the page of an error can be opened; null where there is none, or nothing can be written.
    @Nullable
    Path page(Code code) {
        return text(code).map(text -> written("errors/" + code.id() + ".md", text)).orElse(null);
    }

    private static Optional<String> text(Code code) {
        String name = "META-INF/nnlang/errors/" + code.id() + ".md";
        try (InputStream page = Code.class.getClassLoader().getResourceAsStream(name)) {
            return page == null
                    ? Optional.empty()
                    : Optional.of(new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private @Nullable Path written(String name, String text) {
        if (folder == null) {
            return null;
        }
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        var checksum = new CRC32C();
        checksum.update(content);
        Path path = folder.resolve(HexFormat.of().toHexDigits((int) checksum.getValue())).resolve(name);
        try {
            if (!Files.exists(path)) {
                Replacement.replace(path, content);
                path.toFile().setReadOnly();
            }
            return path;
        } catch (IOException _) {
            return null;
        }
    }
}
