package org.nnlang.compiler.type;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Import;
import org.nnlang.compiler.syntax.Module;

/// The names that the declarations of one module see: its own first, then those of its imports, then the prelude.
public final class ModuleScope {
    private final Module syntax;
    private final boolean standard;
    private final @Nullable Prelude prelude;
    private final Map<String, Declaration.Described> own = new LinkedHashMap<>();
    private final Map<String, ModuleScope> aliases = new LinkedHashMap<>();
    private final List<ModuleScope> opened = new ArrayList<>();
    private final Set<String> mentioned = new TreeSet<>();
    private final Map<Import, ModuleScope> imported = new LinkedHashMap<>();

    ModuleScope(Module syntax, boolean standard, @Nullable Prelude prelude) {
        this.syntax = syntax;
        this.standard = standard;
        this.prelude = prelude;
        for (Declaration declaration : syntax.declarations()) {
            switch (declaration) {
                case Declaration.Described described -> {
                    Identifier name = Names.of(described);
                    if (name != null) {
                        own.putIfAbsent(name.text(), described);
                    }
                }
                case Declaration.Invalid invalid -> mentioned.addAll(invalid.mentioned());
                case Import _ -> {}
            }
        }
    }

    void imports(Import statement, ModuleScope target) {
        imported.put(statement, target);
    }

    /// The modules that its imports name, as far as there are such.
    public Map<Import, ModuleScope> imported() {
        return Collections.unmodifiableMap(imported);
    }

    /// Where an alias is given; null where none is called so.
    @Nullable
    Identifier aliasOf(String name) {
        return syntax.imports().stream()
                .map(Import::alias)
                .filter(alias -> alias != null && alias.text().equals(name))
                .findFirst()
                .orElse(null);
    }

    void open(ModuleScope other) {
        opened.add(other);
    }

    void alias(String name, ModuleScope imported) {
        aliases.put(name, imported);
    }

    public Module syntax() {
        return syntax;
    }

    public SourceFile file() {
        return syntax.file();
    }

    /// Whether it belongs to the standard library, which is not the reader's to mend.
    public boolean isStandard() {
        return standard;
    }

    /// Its own declarations by name.
    public Map<String, Declaration.Described> own() {
        return own;
    }

    /// What `name` stands for here, private declarations of this module included; null where nothing has that name.
    public @Nullable Symbol find(String name) {
        Symbol near = findWithoutPrelude(name);
        return near == null && prelude != null ? prelude.find(name) : near;
    }

    private @Nullable Symbol findWithoutPrelude(String name) {
        Declaration.Described declaration = own.get(name);
        if (declaration != null) {
            return new Symbol.Declared(declaration, this);
        }
        ModuleScope module = aliases.get(name);
        if (module != null) {
            return new Symbol.Aliased(module);
        }
        for (ModuleScope other : opened) {
            Symbol.Declared found = other.exported(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// All modules among the plain imports that declare `name` for others.
    List<ModuleScope> declaring(String name) {
        return opened.stream().filter(module -> module.exported(name) != null).toList();
    }

    /// What importers see under `name`.
    public Symbol.@Nullable Declared exported(String name) {
        Declaration.Described declaration = own.get(name);
        return declaration == null || declaration.header().isPrivate()
                ? null
                : new Symbol.Declared(declaration, this);
    }

    /// The private declaration of that name in a plain import, which its importer cannot see.
    public Declaration.@Nullable Described hidden(String name) {
        for (ModuleScope other : opened) {
            Declaration.Described declaration = other.own.get(name);
            if (declaration != null && declaration.header().isPrivate()) {
                return declaration;
            }
        }
        return null;
    }

    /// Whether `name` stands in a declaration that could not be read.
    public boolean mentions(String name) {
        return mentioned.contains(name);
    }

    /// Every name that can be used here, for suggestions.
    public Set<String> names() {
        var all = new TreeSet<>(own.keySet());
        all.addAll(aliases.keySet());
        for (ModuleScope other : opened) {
            all.addAll(other.exportedNames());
        }
        if (prelude != null) {
            all.addAll(prelude.names());
        }
        return all;
    }

    /// Every name that importers see.
    public Set<String> exportedNames() {
        var all = new TreeSet<String>();
        own.forEach((name, declaration) -> {
            if (!declaration.header().isPrivate()) {
                all.add(name);
            }
        });
        return all;
    }

    @Override
    public String toString() {
        return file().name();
    }
}
