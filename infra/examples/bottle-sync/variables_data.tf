variable "throwaway" {
  description = "For a trial environment: destroying it leaves nothing. Without it the bucket is deleted only when it is empty. It must be applied before the destroy."
  type        = bool
  default     = false
  nullable    = false
}
