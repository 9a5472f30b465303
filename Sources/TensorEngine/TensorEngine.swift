// The room of TensorEngine.
