package org.nnlang.lsp;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Resolutions;

/// Everything that refers to one declaration: in the texts that are open, in the files that these import, and in files of the
/// workspace that import the declaration's.
final class Usages {
    /// Folders that hold what was made, and no programs.
    private static final Set<String> LEFT_OUT = Set.of("target", "build", "out", "node_modules");

    private static final int MOST_FILES = 10_000;

    private final Analysis analysis;
    private final List<Snapshot> open;
    private final List<Path> workspace;
    private final Map<Place, Usage> found = new LinkedHashMap<>();
    private final Map<String, Snapshot> looked = new LinkedHashMap<>();

    /// A stretch of a file, whichever of its states.
    record Place(String file, int start, int end) {
        static Place of(Span span) {
            return new Place(span.file().name(), span.start(), span.end());
        }
    }

    /// A name that refers to the declaration.
    record Usage(Span at, boolean isDeclaration, boolean isWritten) {}

    /// @param open      what is known of all open texts
    /// @param workspace its folders
    Usages(Analysis analysis, List<Snapshot> open, List<Path> workspace) {
        this.analysis = analysis;
        this.open = open;
        this.workspace = workspace;
    }

    /// The declaration that the name at an offset refers to, also that of a parameter which an argument names; null where there is none.
    static @Nullable Span declared(Snapshot snapshot, int offset) {
        Resolutions.Use use = snapshot.use(offset);
        if (use != null) {
            return use.declared();
        }
        Map.Entry<Span, Parameter> argument = snapshot.argument(offset);
        return argument == null ? null : argument.getValue().name().span();
    }

    /// The name at an offset, whose declaration is known; null where there is none.
    static @Nullable Span name(Snapshot snapshot, int offset) {
        Resolutions.Use use = snapshot.use(offset);
        if (use != null) {
            return use.at();
        }
        Map.Entry<Span, Parameter> argument = snapshot.argument(offset);
        return argument == null ? null : argument.getKey();
    }

    /// What refers to a declaration.
    Collection<Usage> of(Span declared) {
        Place place = Place.of(declared);
        for (Snapshot snapshot : open) {
            looked.put(snapshot.file().name(), snapshot);
        }
        for (Snapshot snapshot : open) {
            snapshot.survey().modules().forEach(this::look);
        }
        importers(declared).forEach(this::look);
        for (Snapshot snapshot : looked.values()) {
            collect(snapshot, place, found);
        }
        return found.values();
    }

    /// The files that were looked at, as they were then.
    Collection<Snapshot> looked() {
        return looked.values();
    }

    /// What refers to a declaration in one text.
    static List<Usage> in(Snapshot snapshot, Span declared) {
        var found = new LinkedHashMap<Place, Usage>();
        collect(snapshot, Place.of(declared), found);
        return found.values().stream().filter(usage -> usage.at().file() == snapshot.file()).toList();
    }

    private void look(ModuleScope module) {
        look(module.file());
    }

    private void look(SourceFile file) {
        if (!Library.holds(file) && !looked.containsKey(file.name())) {
            looked.put(file.name(),
                    analysis.look(Document.opened(Path.of(file.name()).toUri().toString(), 0, file.text())));
        }
    }

    private static void collect(Snapshot snapshot, Place declared, Map<Place, Usage> found) {
        for (Resolutions.Use use : snapshot.survey().resolutions().uses()) {
            if (use.declared() != null && Place.of(use.declared()).equals(declared) && !isPath(use)) {
                found.putIfAbsent(Place.of(use.at()), new Usage(use.at(), use.isDeclaration(), isWritten(use)));
            }
        }
        snapshot.survey().types().arguments().forEach((name, parameter) -> {
            if (Place.of(parameter.name().span()).equals(declared)) {
                found.putIfAbsent(Place.of(name), new Usage(name, false, false));
            }
        });
    }

    /// Whether something is the path of an import, which is no name.
    private static boolean isPath(Resolutions.Use use) {
        return use.kind() == Resolutions.Kind.MODULE && use.declared() != null && use.declared().isEmpty();
    }

    private static boolean isWritten(Resolutions.Use use) {
        if (use.isDeclaration()) {
            return true;
        }
        String rest = use.at().file().text().substring(use.at().end()).stripLeading();
        return switch (use.kind()) {
            case VAR, STATE, SLOT, UPDATED -> rest.startsWith(":=") || rest.startsWith("=") && !rest.startsWith("==");
            default -> false;
        };
    }

    /// The files of the workspace that may import a file, and hold the name.
    private List<SourceFile> importers(Span declared) {
        String file = declared.file().name();
        Path target = Path.of(file).getFileName();
        var found = new ArrayList<SourceFile>();
        if (target == null) {
            return found;
        }
        Pattern name = Pattern.compile("\\b" + Pattern.quote(declared.text()) + "\\b");
        for (Path folder : workspace) {
            for (Path path : programs(folder)) {
                if (analysis.opened(path) != null) {
                    continue;
                }
                try {
                    String text = Files.readString(path);
                    if (text.contains(target.toString()) && name.matcher(text).find()) {
                        found.add(new SourceFile(path.toString(), text));
                    }
                } catch (IOException _) {
                    // It is no text, or went meanwhile.
                }
            }
        }
        return found;
    }

    private static List<Path> programs(Path folder) {
        var programs = new ArrayList<Path>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                private int left = MOST_FILES;

                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    String name = String.valueOf(directory.getFileName());
                    return !directory.equals(folder) && (name.startsWith(".") || LEFT_OUT.contains(name))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".nn")) {
                        programs.add(file.toAbsolutePath().normalize());
                    }
                    return left-- > 0 ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException problem) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException _) {
            // What was found until then must do.
        }
        return programs;
    }
}
