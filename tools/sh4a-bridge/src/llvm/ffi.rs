//! The one module that calls LLVM's C API. Everything it exports is safe to call: handles can only come from LLVM
//! itself, contexts and modules are never freed (the linker is a short-lived process), and the callers in `llvm/`
//! check the kind of a handle before they ask a question that only makes sense for one kind.
#![allow(unsafe_code, missing_docs, unreachable_pub)]

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::path::Path;
use std::ptr::NonNull;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow};
use libloading::Library;

macro_rules! handle {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[repr(transparent)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(NonNull<c_void>);
    )* };
}

handle! {
    /// An LLVM context, the owner of types and constants.
    Context,
    /// An LLVM module.
    Module,
    /// An LLVM type.
    Type,
    /// An LLVM value: constant, global, argument or instruction.
    Value,
    /// A basic block.
    Block,
    /// An attribute of a function, parameter or call.
    Attribute,
    /// Sizes and offsets under one data layout.
    TargetData,
    /// A buffer of bytes that LLVM owns.
    Buffer,
    /// Options of a pass pipeline.
    PassOptions,
    /// A debug-information node.
    Metadata,
    /// An error object.
    Error,
}

/// Declares the table of entry points and a safe function for each.
macro_rules! api {
    ($(fn $name:ident = $symbol:literal ( $($arg:ident : $ty:ty),* ) $(-> $ret:ty)?;)*) => {
        struct Api { $($name: unsafe extern "C" fn($($ty),*) $(-> $ret)?),* }

        impl Api {
            fn load(library: &'static Library) -> Result<Self> {
                Ok(Self { $(
                    // SAFETY: (1) the signature is that of llvm-c of LLVM 20..22 for this symbol;
                    // (2) the library is leaked, so the function outlives the table.
                    $name: *unsafe { library.get(concat!($symbol, "\0").as_bytes()) }
                        .with_context(|| format!("{} is missing from rustc's libLLVM", $symbol))?,
                )* })
            }
        }

        $(
            #[allow(clippy::too_many_arguments)]
            pub(super) fn $name($($arg: $ty),*) $(-> $ret)? {
                // SAFETY: (1) handles come from LLVM and are never freed; (2) the callers in `llvm/` pass a handle
                // of the kind this entry point accepts; (3) LLVM is used from one thread.
                unsafe { (api().$name)($($arg),*) }
            }
        )*
    };
}

api! {
    fn context_create = "LLVMContextCreate"() -> Option<Context>;
    fn module_create = "LLVMModuleCreateWithNameInContext"(name: *const c_char, context: Context) -> Option<Module>;
    fn buffer_copy = "LLVMCreateMemoryBufferWithMemoryRangeCopy"(data: *const c_char, len: usize, name: *const c_char) -> Option<Buffer>;
    fn parse_ir = "LLVMParseIRInContext"(context: Context, buffer: Buffer, out: *mut Option<Module>, message: *mut *mut c_char) -> c_int;
    fn link_modules = "LLVMLinkModules2"(dest: Module, source: Module) -> c_int;
    fn data_layout = "LLVMGetDataLayoutStr"(module: Module) -> *const c_char;
    fn set_data_layout = "LLVMSetDataLayout"(module: Module, layout: *const c_char);
    fn target = "LLVMGetTarget"(module: Module) -> *const c_char;
    fn set_target = "LLVMSetTarget"(module: Module, triple: *const c_char);
    fn module_asm = "LLVMGetModuleInlineAsm"(module: Module, len: *mut usize) -> *const c_char;
    fn target_data = "LLVMCreateTargetData"(layout: *const c_char) -> Option<TargetData>;
    fn abi_size = "LLVMABISizeOfType"(data: TargetData, ty: Type) -> u64;
    fn store_size = "LLVMStoreSizeOfType"(data: TargetData, ty: Type) -> u64;
    fn abi_align = "LLVMABIAlignmentOfType"(data: TargetData, ty: Type) -> c_uint;
    fn element_offset = "LLVMOffsetOfElement"(data: TargetData, ty: Type, index: c_uint) -> u64;
    fn first_function = "LLVMGetFirstFunction"(module: Module) -> Option<Value>;
    fn next_function = "LLVMGetNextFunction"(function: Value) -> Option<Value>;
    fn first_global = "LLVMGetFirstGlobal"(module: Module) -> Option<Value>;
    fn next_global = "LLVMGetNextGlobal"(global: Value) -> Option<Value>;
    fn first_alias = "LLVMGetFirstGlobalAlias"(module: Module) -> Option<Value>;
    fn next_alias = "LLVMGetNextGlobalAlias"(alias: Value) -> Option<Value>;
    fn first_ifunc = "LLVMGetFirstGlobalIFunc"(module: Module) -> Option<Value>;
    fn type_of = "LLVMTypeOf"(value: Value) -> Type;
    fn value_kind = "LLVMGetValueKind"(value: Value) -> c_uint;
    fn value_name = "LLVMGetValueName2"(value: Value, len: *mut usize) -> *const c_char;
    fn operand_count = "LLVMGetNumOperands"(value: Value) -> c_int;
    fn operand = "LLVMGetOperand"(value: Value, index: c_uint) -> Option<Value>;
    fn print_value = "LLVMPrintValueToString"(value: Value) -> *mut c_char;
    fn print_type = "LLVMPrintTypeToString"(ty: Type) -> *mut c_char;
    fn print_module = "LLVMPrintModuleToString"(module: Module) -> *mut c_char;
    fn dispose_message = "LLVMDisposeMessage"(message: *mut c_char);
    fn global_value_type = "LLVMGlobalGetValueType"(global: Value) -> Type;
    fn is_declaration = "LLVMIsDeclaration"(global: Value) -> c_int;
    fn linkage = "LLVMGetLinkage"(global: Value) -> c_uint;
    fn set_linkage = "LLVMSetLinkage"(global: Value, linkage: c_uint);
    fn visibility = "LLVMGetVisibility"(global: Value) -> c_uint;
    fn set_visibility = "LLVMSetVisibility"(global: Value, visibility: c_uint);
    fn section = "LLVMGetSection"(global: Value) -> *const c_char;
    fn alignment = "LLVMGetAlignment"(value: Value) -> c_uint;
    fn is_global_constant = "LLVMIsGlobalConstant"(global: Value) -> c_int;
    fn is_thread_local = "LLVMIsThreadLocal"(global: Value) -> c_int;
    fn initializer = "LLVMGetInitializer"(global: Value) -> Option<Value>;
    fn aliasee = "LLVMAliasGetAliasee"(alias: Value) -> Option<Value>;
    fn param_count = "LLVMCountParams"(function: Value) -> c_uint;
    fn param = "LLVMGetParam"(function: Value, index: c_uint) -> Value;
    fn first_block = "LLVMGetFirstBasicBlock"(function: Value) -> Option<Block>;
    fn next_block = "LLVMGetNextBasicBlock"(block: Block) -> Option<Block>;
    fn first_instruction = "LLVMGetFirstInstruction"(block: Block) -> Option<Value>;
    fn next_instruction = "LLVMGetNextInstruction"(instruction: Value) -> Option<Value>;
    fn attribute_kind = "LLVMGetEnumAttributeKindForName"(name: *const c_char, len: usize) -> c_uint;
    fn attribute = "LLVMGetEnumAttributeAtIndex"(function: Value, index: c_uint, kind: c_uint) -> Option<Attribute>;
    fn call_attribute = "LLVMGetCallSiteEnumAttribute"(call: Value, index: c_uint, kind: c_uint) -> Option<Attribute>;
    fn opcode = "LLVMGetInstructionOpcode"(instruction: Value) -> c_uint;
    fn const_opcode = "LLVMGetConstOpcode"(constant: Value) -> c_uint;
    fn icmp_predicate = "LLVMGetICmpPredicate"(instruction: Value) -> c_uint;
    fn fcmp_predicate = "LLVMGetFCmpPredicate"(instruction: Value) -> c_uint;
    fn incoming_count = "LLVMCountIncoming"(phi: Value) -> c_uint;
    fn incoming_value = "LLVMGetIncomingValue"(phi: Value, index: c_uint) -> Value;
    fn incoming_block = "LLVMGetIncomingBlock"(phi: Value, index: c_uint) -> Block;
    fn successor_count = "LLVMGetNumSuccessors"(terminator: Value) -> c_uint;
    fn successor = "LLVMGetSuccessor"(terminator: Value, index: c_uint) -> Block;
    fn is_conditional = "LLVMIsConditional"(branch: Value) -> c_int;
    fn condition = "LLVMGetCondition"(branch: Value) -> Value;
    fn switch_case = "LLVMGetSwitchCaseValue"(switch: Value, successor: c_uint) -> Value;
    fn allocated_type = "LLVMGetAllocatedType"(alloca: Value) -> Type;
    fn argument_count = "LLVMGetNumArgOperands"(call: Value) -> c_uint;
    fn callee = "LLVMGetCalledValue"(call: Value) -> Value;
    fn callee_type = "LLVMGetCalledFunctionType"(call: Value) -> Type;
    fn tail_call_kind = "LLVMGetTailCallKind"(call: Value) -> c_uint;
    fn is_volatile = "LLVMGetVolatile"(access: Value) -> c_int;
    fn ordering = "LLVMGetOrdering"(access: Value) -> c_uint;
    fn rmw_operation = "LLVMGetAtomicRMWBinOp"(rmw: Value) -> c_uint;
    fn gep_source = "LLVMGetGEPSourceElementType"(gep: Value) -> Type;
    fn index_count = "LLVMGetNumIndices"(value: Value) -> c_uint;
    fn indices = "LLVMGetIndices"(value: Value) -> *const c_uint;
    fn mask_count = "LLVMGetNumMaskElements"(shuffle: Value) -> c_uint;
    fn mask_element = "LLVMGetMaskValue"(shuffle: Value, index: c_uint) -> c_int;
    fn const_zext = "LLVMConstIntGetZExtValue"(constant: Value) -> u64;
    fn raw_data = "LLVMGetRawDataValues"(constant: Value, len: *mut usize) -> *const c_char;
    fn aggregate_element = "LLVMGetAggregateElement"(constant: Value, index: c_uint) -> Option<Value>;
    fn const_bitcast = "LLVMConstBitCast"(constant: Value, ty: Type) -> Value;
    fn int_type = "LLVMIntTypeInContext"(context: Context, bits: c_uint) -> Type;
    fn type_context = "LLVMGetTypeContext"(ty: Type) -> Context;
    fn type_kind = "LLVMGetTypeKind"(ty: Type) -> c_uint;
    fn int_width = "LLVMGetIntTypeWidth"(ty: Type) -> c_uint;
    fn struct_len = "LLVMCountStructElementTypes"(ty: Type) -> c_uint;
    fn struct_element = "LLVMStructGetTypeAtIndex"(ty: Type, index: c_uint) -> Type;
    fn array_len = "LLVMGetArrayLength2"(ty: Type) -> u64;
    fn vector_len = "LLVMGetVectorSize"(ty: Type) -> c_uint;
    fn element_type = "LLVMGetElementType"(ty: Type) -> Type;
    fn return_type = "LLVMGetReturnType"(function: Type) -> Type;
    fn param_type_count = "LLVMCountParamTypes"(function: Type) -> c_uint;
    fn param_types = "LLVMGetParamTypes"(function: Type, out: *mut Type);
    fn is_vararg = "LLVMIsFunctionVarArg"(function: Type) -> c_int;
    fn debug_line = "LLVMGetDebugLocLine"(value: Value) -> c_uint;
    fn debug_file = "LLVMGetDebugLocFilename"(value: Value, len: *mut c_uint) -> *const c_char;
    fn debug_directory = "LLVMGetDebugLocDirectory"(value: Value, len: *mut c_uint) -> *const c_char;
    fn subprogram = "LLVMGetSubprogram"(function: Value) -> Option<Metadata>;
    fn asm_text = "LLVMGetInlineAsmAsmString"(inline_asm: Value, len: *mut usize) -> *const c_char;
    fn asm_constraints = "LLVMGetInlineAsmConstraintString"(inline_asm: Value, len: *mut usize) -> *const c_char;
    fn asm_side_effects = "LLVMGetInlineAsmHasSideEffects"(inline_asm: Value) -> c_int;
    fn pass_options = "LLVMCreatePassBuilderOptions"() -> Option<PassOptions>;
    fn set_loop_vectorization = "LLVMPassBuilderOptionsSetLoopVectorization"(options: PassOptions, on: c_int);
    fn set_slp_vectorization = "LLVMPassBuilderOptionsSetSLPVectorization"(options: PassOptions, on: c_int);
    fn set_loop_unrolling = "LLVMPassBuilderOptionsSetLoopUnrolling"(options: PassOptions, on: c_int);
    fn run_passes = "LLVMRunPasses"(module: Module, passes: *const c_char, machine: *mut c_void, options: PassOptions) -> Option<Error>;
    fn error_message = "LLVMGetErrorMessage"(error: Error) -> *mut c_char;
}

static API: OnceLock<Api> = OnceLock::new();

fn api() -> &'static Api {
    API.get().expect("llvm::load runs before anything else in llvm/")
}

/// Loads `path`, which must be the libLLVM of an LLVM whose C API has all the entry points above.
pub(super) fn load(path: &Path) -> Result<()> {
    // SAFETY: libLLVM's initialisers have no precondition; it is what rustc itself loads.
    let library = unsafe { Library::new(path) }.with_context(|| format!("cannot load {}", path.display()))?;
    let table = Api::load(Box::leak(Box::new(library)))?;
    API.set(table).map_err(|_| anyhow!("libLLVM is loaded twice"))
}

/// Copies `len` bytes at `data`; an empty vector for a null pointer.
pub(super) fn bytes(data: *const c_char, len: usize) -> Vec<u8> {
    if data.is_null() || len == 0 {
        return Vec::new();
    }
    // SAFETY: LLVM returned this pointer with this length, and it lives as long as its value.
    unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) }.to_vec()
}

/// Copies a C string; empty for a null pointer.
pub(super) fn text(data: *const c_char) -> String {
    if data.is_null() {
        return String::new();
    }
    // SAFETY: LLVM returned a NUL-terminated string.
    unsafe { CStr::from_ptr(data) }.to_string_lossy().into_owned()
}

/// Copies a C string that LLVM allocated for the caller, and frees it.
pub(super) fn owned_text(message: *mut c_char) -> String {
    let copy = text(message);
    dispose_message(message);
    copy
}

/// The `count` indices of an `extractvalue` or `insertvalue`.
pub(super) fn index_list(value: Value) -> Vec<u32> {
    let count = index_count(value) as usize;
    // SAFETY: LLVM keeps `count` indices at this address for the life of the instruction.
    unsafe { std::slice::from_raw_parts(indices(value), count) }.to_vec()
}

/// The parameter types of a function type.
pub(super) fn param_type_list(function: Type) -> Vec<Type> {
    let mut types = vec![function; param_type_count(function) as usize];
    param_types(function, types.as_mut_ptr());
    types
}

/// Reads one string that comes as pointer and length.
pub(super) fn sized<L: TryInto<usize> + Default>(read: impl FnOnce(*mut L) -> *const c_char) -> Vec<u8> {
    let mut len = L::default();
    let data = read(&raw mut len);
    bytes(data, len.try_into().unwrap_or(0))
}

/// A C string; text with a NUL inside (no name of ours has one) is cut there.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}
