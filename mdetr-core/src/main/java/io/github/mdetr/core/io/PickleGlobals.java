package io.github.mdetr.core.io;

import org.jspecify.annotations.Nullable;

/** What the names and calls in a pickle stand for: the {@link Unpickler} itself knows plain values only. */
interface PickleGlobals {

    /** The value that stands for a module's global; nothing is looked up or loaded. */
    Object find(String module, String name, PickleInput at);

    /** The value that stands for a call of what {@link #find} gave. */
    @Nullable
    Object call(@Nullable Object callable, Pickled.Tuple arguments, PickleInput at) throws CheckpointFormatException;

    /** Makes an empty object of the class that {@link #find} gave. */
    Object construct(@Nullable Object type, Pickled.Tuple arguments, PickleInput at) throws CheckpointFormatException;

    /** Gives an object its state. */
    void build(@Nullable Object object, @Nullable Object state, PickleInput at) throws CheckpointFormatException;

    /** The object of a persistent id. */
    Object persistent(@Nullable Object id, PickleInput at) throws CheckpointFormatException;
}
