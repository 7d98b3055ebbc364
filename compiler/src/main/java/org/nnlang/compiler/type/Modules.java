package org.nnlang.compiler.type;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Import;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.runtime.NnException;

/// Reads a program's modules, each once, and joins them by their imports.
public final class Modules {
    private static final String PRELUDE = "std.prelude";

    private final Sources sources;
    private Diagnostics diagnostics;
    private final Map<String, ModuleScope> loaded = new LinkedHashMap<>();
    private final LinkedHashSet<String> loading = new LinkedHashSet<>();
    private final Set<SourceFile> standardFiles = new HashSet<>();
    private final List<String> preludeNames = new ArrayList<>();
    private @Nullable Prelude prelude;

    public Modules(Sources sources, Diagnostics diagnostics) {
        this.sources = sources;
        this.diagnostics = diagnostics;
    }

    /// The module that a program starts from.
    public ModuleScope root(SourceFile file) {
        if (prelude == null) {
            prelude = prelude();
        }
        return load(file, false);
    }

    /// The module of a session, whose declarations come from several entries. It may be asked for again and again, each
    /// time with the declarations of that moment.
    ///
    /// @param found takes what is wrong with its imports, and from now on with every module
    public ModuleScope session(org.nnlang.compiler.syntax.Module syntax, Diagnostics found) {
        diagnostics = found;
        if (prelude == null) {
            prelude = prelude();
        }
        var module = new ModuleScope(syntax, false, prelude);
        for (Import each : syntax.imports()) {
            resolve(each, module);
        }
        return module;
    }

    /// A module of its own that knows what every program knows, and is none of the program's.
    public ModuleScope beside(org.nnlang.compiler.syntax.Module syntax) {
        return new ModuleScope(syntax, false, prelude);
    }

    /// Whether every program knows a declaration of the standard library by that name.
    public boolean isInPrelude(String name) {
        if (prelude == null) {
            prelude = prelude();
        }
        return prelude != null && prelude.find(name) != null;
    }

    /// Every module read so far that is not of the standard library, the root first.
    public List<ModuleScope> own() {
        return loaded.values().stream().filter(module -> !module.isStandard()).toList();
    }

    /// Whether a file belongs to the standard library.
    public boolean isStandard(SourceFile file) {
        return standardFiles.contains(file);
    }

    /// The module of a file; `otherwise` where it was not read from one.
    public ModuleScope scopeOf(SourceFile file, ModuleScope otherwise) {
        return loaded.values().stream().filter(module -> module.file() == file).findFirst().orElse(otherwise);
    }

    private @Nullable Prelude prelude() {
        Optional<SourceFile> file = sources.module(PRELUDE);
        if (file.isEmpty()) {
            return null;
        }
        Parsed parsed = Parser.parse(file.get());
        diagnostics.addAll(parsed.diagnostics());
        for (Import each : parsed.module().imports()) {
            if (each.target() instanceof Import.Path path) {
                preludeNames.add(dotted(path));
            }
        }
        return new Prelude(this, preludeNames);
    }

    /// A module of the standard library; null where there is none.
    @Nullable
    ModuleScope standard(String name) {
        ModuleScope known = loaded.get(name);
        if (known != null) {
            return known;
        }
        return sources.module(name).map(file -> load(name, file, true)).orElse(null);
    }

    private ModuleScope load(SourceFile file, boolean standard) {
        ModuleScope known = loaded.get(file.name());
        return known != null ? known : load(file.name(), file, standard);
    }

    private ModuleScope load(String key, SourceFile file, boolean standard) {
        Parsed parsed = Parser.parse(file);
        diagnostics.addAll(parsed.diagnostics());
        var module = new ModuleScope(parsed.module(), standard, prelude);
        loaded.put(key, module);
        if (standard) {
            standardFiles.add(file);
        }
        reportDuplicates(parsed.module().declarations());
        loading.add(key);
        for (Import each : parsed.module().imports()) {
            resolve(each, module);
        }
        loading.remove(key);
        return module;
    }

    private void reportDuplicates(List<Declaration> declarations) {
        var first = new LinkedHashMap<String, Identifier>();
        for (Declaration declaration : declarations) {
            Identifier name = declaration instanceof Declaration.Described described ? Names.of(described) : null;
            if (name == null) {
                continue;
            }
            Identifier earlier = first.putIfAbsent(name.text(), name);
            if (earlier != null) {
                diagnostics.add(Diagnostic.of(
                        Code.DUPLICATE_NAME, name.span(), "`" + name + "` is declared twice in this file")
                        .also(earlier.span(), "the first `" + name + "`")
                        .help("rename one of them, or remove it"));
            }
        }
    }

    private void resolve(Import each, ModuleScope importer) {
        ModuleScope target = switch (each.target()) {
            case Import.Path path -> path(each, path);
            case Import.File file -> file(each, file);
        };
        if (target == null) {
            return;
        }
        importer.imports(each, target);
        Identifier alias = each.alias();
        if (alias == null) {
            importer.open(target);
        } else if (importer.own().containsKey(alias.text())) {
            diagnostics.add(Diagnostic.of(
                    Code.DUPLICATE_NAME, alias.span(), "`" + alias + "` is also declared in this file")
                    .help("import it under another name: `as …`"));
        } else {
            importer.alias(alias.text(), target);
        }
    }

    private @Nullable ModuleScope path(Import each, Import.Path path) {
        String name = dotted(path);
        if (cyclic(each, name)) {
            return null;
        }
        ModuleScope found = standard(name);
        if (found == null) {
            String last = name.substring(name.lastIndexOf('.') + 1);
            diagnostics.add(Diagnostic.of(Code.UNKNOWN_MODULE, path.span(), "there is no module `" + name + "`")
                    .help(preludeNames.stream()
                            .filter(known -> key(known).endsWith("." + key(last)))
                            .findFirst()
                            .map(known -> Help.write("did you mean", path.span(), known, "?"))
                            .orElseGet(() -> Help.nearest(
                                    name,
                                    path.span(),
                                    preludeNames,
                                    "a module of the standard library is imported as `import std.layers.Dense`, a file"
                                            + " as `import \"./blocks.nn\"`"))));
        }
        return found;
    }

    private @Nullable ModuleScope file(Import each, Import.File target) {
        Optional<SourceFile> file;
        try {
            file = sources.file(target.span().file(), target.path());
        } catch (NnException e) {
            // It can't be read, or its name can be none. The rest of this file is looked at all the same.
            Diagnostic diagnostic = Diagnostic.of(
                    Code.find(e.code()).orElse(Code.PROGRAM_NOT_FOUND), target.span(), String.valueOf(e.getMessage()));
            diagnostics.add(e.help().isEmpty() ? diagnostic : diagnostic.help(e.help()));
            return null;
        }
        if (file.isEmpty()) {
            diagnostics.add(Diagnostic.of(
                    Code.UNKNOWN_MODULE, target.span(), "there is no file `" + target.path() + "`")
                    .help("the path is relative to the folder of the file that imports it"));
            return null;
        }
        return cyclic(each, file.get().name()) ? null : load(file.get(), false);
    }

    private boolean cyclic(Import each, String key) {
        if (!loading.contains(key)) {
            return false;
        }
        List<String> chain = loading.stream().dropWhile(name -> !name.equals(key)).collect(Collectors.toList());
        chain.add(key);
        diagnostics.add(Diagnostic.of(
                Code.IMPORT_CYCLE,
                each.target().span(),
                chain.size() == 2 ? "this module imports itself" : "these modules import each other")
                .note(String.join(" → ", chain))
                .help("move what both need into a third module"));
        return true;
    }

    private static String dotted(Import.Path path) {
        return path.names().stream().map(Identifier::text).collect(Collectors.joining("."));
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
