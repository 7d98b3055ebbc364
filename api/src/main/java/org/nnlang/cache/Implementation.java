package org.nnlang.cache;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which compiler this is: its version says too little while it is worked on, so the jars and folders of the class path and
/// of the module path stand for it, by their sizes and times. That covers the standard library and what the compiler uses.
final class Implementation {
    /// Folders that hold these hold a part of this project; those of an application do not matter.
    private static final List<String> OURS = List.of("org/nnlang", "META-INF/nnlang");

    private static final @Nullable String TEXT = text();

    private Implementation() {}

    /// Says which this is, or null where it cannot be told: a class loader of a container's own, an archive in an archive.
    static @Nullable String fingerprint() {
        return TEXT;
    }

    private static @Nullable String text() {
        try {
            CodeSource source = Implementation.class.getProtectionDomain().getCodeSource();
            URL location = source == null ? null : source.getLocation();
            if (location == null || !location.getProtocol().equals("file")) {
                return null;
            }
            Path own = Path.of(new URI(location.toString())).toAbsolutePath().normalize();
            boolean found = false;
            var text = new StringBuilder(Runtime.version().toString()).append(' ')
                    .append(System.getProperty("java.vm.vendor"));
            for (Path entry : entries()) {
                Path path = entry.toAbsolutePath().normalize();
                found |= path.equals(own) || path.equals(own.getParent());
                describe(path, text);
            }
            return found ? text.toString() : null;
        } catch (IOException | URISyntaxException | InvalidPathException | SecurityException _) {
            return null;
        }
    }

    private static List<Path> entries() {
        List<Path> entries = new ArrayList<>();
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            for (String entry : System.getProperty(property, "").split(File.pathSeparator, -1)) {
                if (!entry.isEmpty()) {
                    entries.add(Path.of(entry));
                }
            }
        }
        return entries;
    }

    private static void describe(Path path, StringBuilder text) throws IOException {
        if (Files.isRegularFile(path)) {
            describe(path, Files.readAttributes(path, BasicFileAttributes.class), text);
            return;
        }
        if (!Files.isDirectory(path)) {
            return;
        }
        List<String> found = new ArrayList<>();
        for (String part : OURS) {
            Path folder = path.resolve(part);
            if (Files.isDirectory(folder)) {
                collect(folder, found);
            }
        }
        // A folder of the module path holds jars.
        try (var files = Files.newDirectoryStream(path, "*.jar")) {
            for (Path jar : files) {
                add(jar, Files.readAttributes(jar, BasicFileAttributes.class), found);
            }
        }
        Collections.sort(found);
        found.forEach(text::append);
    }

    private static void collect(Path folder, List<String> found) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                add(file, attributes, found);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void add(Path file, BasicFileAttributes attributes, List<String> found) {
        var line = new StringBuilder();
        describe(file, attributes, line);
        found.add(line.toString());
    }

    private static void describe(Path file, BasicFileAttributes attributes, StringBuilder text) {
        text.append('\n').append(file).append(' ').append(attributes.size()).append(' ')
                .append(attributes.lastModifiedTime().toMillis());
    }
}
