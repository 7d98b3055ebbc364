package org.nnlang.compiler.type;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What every program knows: the modules that `std.prelude` imports. A module is read when a name that it may declare
/// is first asked for: by convention a module is called like its main declaration, so that a small program reads a few
/// files and not the whole library.
final class Prelude {
    private final Modules modules;

    /// The dotted names of its modules, by their last part in lower case.
    private final Map<String, List<String>> byName = new LinkedHashMap<>();

    Prelude(Modules modules, List<String> imports) {
        this.modules = modules;
        for (String name : imports) {
            String last = name.substring(name.lastIndexOf('.') + 1);
            byName.computeIfAbsent(Modules.key(last), _ -> new ArrayList<>()).add(name);
        }
    }

    /// The declaration of that name; only modules called like it are read.
    @Nullable
    Symbol find(String name) {
        return findIn(byName.getOrDefault(Modules.key(name), List.of()), name);
    }

    private @Nullable Symbol findIn(List<String> candidates, String name) {
        for (String candidate : candidates) {
            ModuleScope module = modules.standard(candidate);
            Symbol.Declared found = module == null ? null : module.exported(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// All names: this reads every module.
    Set<String> names() {
        var all = new TreeSet<String>();
        for (List<String> candidates : byName.values()) {
            for (String candidate : candidates) {
                ModuleScope module = modules.standard(candidate);
                if (module != null) {
                    all.addAll(module.exportedNames());
                }
            }
        }
        return all;
    }
}
