package org.nnlang.compiler.lower;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.type.ModuleScope;

/// A layer with its hyper-parameters. It gets its name late: from the `val` that binds it, or, when it is first applied
/// without one, from its type.
final class LayerInstance implements Owner {
    final Declaration.Layer declaration;
    final ModuleScope module;

    /// Holds its hyper-parameters. A default of theirs may make weights, which are the layer's.
    final Scope hyperparameters;

    /// Those of them that were given, and not left to their defaults.
    Set<Parameter> given = Set.of();

    /// Where it was made.
    final Frame creator;
    final Span site;

    private final NameTable names;
    private @Nullable String name;
    private boolean bound;

    LayerInstance(
            Declaration.Layer declaration,
            ModuleScope module,
            Frame creator,
            Span site,
            NameTable names,
            Function<LayerInstance, Scope> hyperparameters) {
        this.declaration = declaration;
        this.module = module;
        this.creator = creator;
        this.site = site;
        this.names = names;
        this.hyperparameters = hyperparameters.apply(this);
    }

    boolean isNamed() {
        return name != null;
    }

    /// Names it by a binding in `frame`, unless it has a name already or nobody there owns weights.
    ///
    /// @param place its index in a list, as in `.2`; empty for one that is bound alone
    void nameAfter(String binding, Span span, String place, Frame frame) {
        if (name == null && frame.owner() != null) {
            name = names.bound(frame.owner(), binding, span, frame.loopSuffix() + place);
            bound = true;
        }
    }

    /// Gives it a name that nobody else has, unless it has one already.
    void fix(String unique) {
        if (name == null) {
            name = unique;
            bound = true;
        }
    }

    /// The layer that nobody owns, and with it the weights of all layers in it: this one or one around it. Null where
    /// somebody owns them.
    @Nullable
    LayerInstance ownerless() {
        if (bound) {
            return null;
        }
        return switch (creator.owner()) {
            case null -> this;
            case LayerInstance around -> around.ownerless();
            case Owner.Program _ -> null;
        };
    }

    /// The full name; an anonymous layer takes its type's.
    String name() {
        if (name == null) {
            Owner owner = creator.owner();
            name = owner == null
                    ? NameTable.snake(declaration.name().text())
                    : names.anonymous(owner, declaration.name().text(), site, creator.loopSuffix());
        }
        return name;
    }

    @Override
    public String prefix() {
        return name() + ".";
    }

    @Override
    public String toString() {
        return declaration.name().text();
    }
}
