//! Copies this binary to a folder, in an init container, for app images that are not changed.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The name of the copy, independent of the original's.
const NAME: &str = "entrypoint";

/// The binary was not copied.
#[derive(Debug, Error)]
pub enum InstallError {
    #[error("the folder {0} does not exist: mount the shared volume there")]
    Missing(PathBuf),
    #[error("{0} is not a folder")]
    NotAFolder(PathBuf),
    #[error("the folder {0} cannot be written to: {1}")]
    NotWritable(PathBuf, io::Error),
    #[error("failed to copy this binary to {0}: {1}")]
    Copy(PathBuf, io::Error),
}

/// Copies this binary to the folder and returns the copy's path. The copy appears complete, with
/// mode 0755, or not at all, and replaces an older one.
pub fn install(folder: &Path) -> Result<PathBuf, InstallError> {
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(InstallError::NotAFolder(folder.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(InstallError::Missing(folder.into()));
        }
        Err(error) => return Err(InstallError::NotWritable(folder.into(), error)),
    }
    let mut copy = tempfile::Builder::new()
        .prefix(".entrypoint-")
        .tempfile_in(folder)
        .map_err(|error| InstallError::NotWritable(folder.into(), error))?;
    let destination = folder.join(NAME);
    let result = (|| {
        io::copy(&mut File::open("/proc/self/exe")?, copy.as_file_mut())?;
        copy.as_file().set_permissions(Permissions::from_mode(0o755))?;
        copy.as_file().sync_all()?;
        copy.persist(&destination)?;
        Ok(())
    })();
    result.map_err(|error: io::Error| InstallError::Copy(destination.clone(), error))?;
    Ok(destination)
}
