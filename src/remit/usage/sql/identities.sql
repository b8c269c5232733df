SELECT DISTINCT identity_hi, identity_lo FROM rows
