package org.nnlang.compiler.pipeline;

import java.util.List;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Resolutions;

/// All that is known of a file, with mistakes in it or without: what an editor shows.
///
/// @param diagnostics what [FrontEnd#check] finds
/// @param module      the file's own module
/// @param modules     the modules read for it that are not of the standard library, its own first
/// @param resolutions what the names in all of `modules` refer to
/// @param types       the types of what stands in the file itself
public record Survey(
        Diagnostics diagnostics,
        ModuleScope module,
        List<ModuleScope> modules,
        Resolutions resolutions,
        Types types) {}
