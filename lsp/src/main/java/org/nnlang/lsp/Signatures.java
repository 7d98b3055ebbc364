package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.ParameterInformation;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureInformation;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.Manual;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.OpenCall;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Resolutions;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.operation.Operations;

/// What the call takes that is being written.
final class Signatures {
    private final Operations operations;

    Signatures(Operations operations) {
        this.operations = operations;
    }

    /// What is to be told of the call around an offset; null where there is none.
    @Nullable
    SignatureHelp at(Snapshot snapshot, int offset) {
        OpenCall call = OpenCall.at(snapshot.file().text().substring(0, offset));
        Takes takes = call == null ? null : of(call, snapshot);
        if (call == null || takes == null) {
            return null;
        }
        Manual.Signature signature = takes.signature();
        var parameters = new ArrayList<ParameterInformation>();
        signature.texts().forEach(text -> parameters.add(new ParameterInformation(text)));
        var information = new SignatureInformation(signature.head());
        information.setParameters(parameters);
        Manual.Page page = takes.declaration() == null
                ? Manual.page(null, call.callee(), operations)
                : Manual.page(takes.declaration());
        if (page != null && !page.documentation().isEmpty()) {
            information.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, page.documentation()));
        }
        int active = call.name() == null ? takes.place() : signature.names().indexOf(call.name());
        return new SignatureHelp(List.of(information), 0, active < 0 || active >= parameters.size() ? null : active);
    }

    /// What a call takes.
    ///
    /// @param place       of the argument that is being written, if it is given by its place
    /// @param declaration null for what is built in
    record Takes(Manual.Signature signature, int place, Declaration.@Nullable Described declaration) {}

    /// What a call takes; null where that is not known.
    @Nullable
    Takes of(OpenCall call, Snapshot snapshot) {
        Found found = declaration(call, snapshot);
        Declaration.Described declaration = found.declaration();
        boolean second = call.isSecond() || found.hasFirst();
        Manual.Signature signature = declaration != null
                ? Manual.signature(declaration, second)
                : found.isLocal() ? null
                : Manual.signature(null, call.callee(), operations);
        // What comes through a pipe is the first input; hyper-parameters stand in a list of their own.
        boolean inputs = declaration == null || second
                || declaration instanceof Declaration.Function function && function.hyperparameters() == null;
        return signature == null
                ? null
                : new Takes(signature, call.argument() + (call.isPiped() && inputs && !call.isSecond() ? 1 : 0),
                        declaration);
    }

    /// @param hasFirst whether what is called has its hyper-parameters already
    /// @param isLocal  whether the name is one of the body
    private record Found(Declaration.@Nullable Described declaration, boolean hasFirst, boolean isLocal) {}

    private static Found declaration(OpenCall call, Snapshot snapshot) {
        Span callee = snapshot.file().span(call.start(), call.start() + call.callee().length());
        Resolutions.Use use = snapshot.survey().resolutions().at(callee);
        var types = new ArrayList<>(snapshot.survey().types().of(callee));
        Span declared = use == null ? snapshot.local(call.callee(), call.start()) : use.declared();
        if (declared != null) {
            types.addAll(snapshot.survey().types().of(declared));
        }
        for (Types.Type type : types) {
            if (type.of() != null) {
                return new Found(type.of(), type.hasFirst(), false);
            }
        }
        Declaration.Described known = use == null ? null : snapshot.declaration(use);
        if (known != null) {
            return new Found(known, false, false);
        }
        boolean local = declared != null;
        return !local
                && snapshot.survey().module()
                        .find(call.callee()) instanceof Symbol.Declared(Declaration.Described found, ModuleScope _)
                                ? new Found(found, false, false)
                                : new Found(null, false, local);
    }
}
