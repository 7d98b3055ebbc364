package org.nnlang.cli;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.NnException;

/// Jars and folders of classes that a user brings: operations, and backends for devices. They are searched by the
/// context class loader of the thread that runs a command, and of all that it starts.
final class HostCode {
    /// The environment variable for what every call of `nn` should see.
    static final String VARIABLE = "NN_CLASSPATH";

    private HostCode() {}

    /// Adds a class path, written as for Java; `folder/*` means all jars of a folder.
    ///
    /// @throws NnException NN0851 where something on it is not there
    static void add(String classPath) {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            if (!entry.isBlank()) {
                paths(entry.strip()).forEach(path -> urls.add(url(path)));
            }
        }
        if (!urls.isEmpty()) {
            Thread thread = Thread.currentThread();
            ClassLoader parent = thread.getContextClassLoader();
            thread.setContextClassLoader(new URLClassLoader(
                    urls.toArray(URL[]::new), parent == null ? HostCode.class.getClassLoader() : parent));
        }
    }

    private static List<Path> paths(String entry) {
        boolean all = entry.equals("*") || entry.endsWith("/*") || entry.endsWith(File.separator + "*");
        Path path = Path.of(all ? entry.substring(0, entry.length() - 1) : entry);
        if (all && Files.isDirectory(path)) {
            File[] jars = path.toFile().listFiles((_, name) -> name.endsWith(".jar"));
            return jars == null ? List.of() : List.of(jars).stream().map(File::toPath).sorted().toList();
        }
        if (all || !Files.exists(path)) {
            throw new NnException(
                    "NN0851", "there is no " + path + ", which the class path names", FileSources.whereToLook(path));
        }
        return List.of(path);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new NnException("NN0851", path + " can't stand on a class path", "", e);
        }
    }
}
