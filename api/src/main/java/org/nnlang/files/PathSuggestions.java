package org.nnlang.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// How a path that is being written may go on.
///
/// @param text     the path up to and with the name
/// @param name     of the file or folder
/// @param isFolder whether it goes on behind it
public record PathSuggestions(String text, String name, boolean isFolder) {

    /// The files and folders that may be meant, hidden ones left out, in the order of their names.
    ///
    /// @param folder  from which a path counts
    /// @param written what there is of it; only its last name is open
    public static List<PathSuggestions> of(Path folder, String written) {
        String before = written.substring(0, written.lastIndexOf('/') + 1);
        try (Stream<Path> files = Files.list(folder.resolve(before))) {
            return files.sorted()
                    .map(file -> {
                        String name = String.valueOf(file.getFileName());
                        boolean isFolder = Files.isDirectory(file);
                        return new PathSuggestions(before + name + (isFolder ? "/" : ""), name, isFolder);
                    })
                    .filter(path -> !path.name().startsWith("."))
                    .toList();
        } catch (IOException | InvalidPathException _) {
            return List.of();
        }
    }
}
